// zlib, whose way to begin is a macro, which Swift can't call.
#include <zlib.h>

// 15 bits of window and 16 for the head and the checksum of gzip.
static inline int zlib_begin_gzip(z_streamp stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY);
}
