import CZlib

/// Octets made smaller, as HTTP's `gzip` has them (RFC 1952).
package enum Gzip {
    /// The octets, compressed as far as zlib can: for what is compressed once and sent often. Nil where there is no memory
    /// for it.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var memory = z_stream()
        // zlib remembers where its stream lies: it has to stay there.
        return withUnsafeMutablePointer(to: &memory) { stream in
            guard zlib_begin_gzip(stream, Z_BEST_COMPRESSION) == Z_OK else { return nil }
            defer { deflateEnd(stream) }
            let room = Int(deflateBound(stream, UInt(bytes.count)))
            var source = bytes
            return source.withUnsafeMutableBufferPointer { input -> [UInt8]? in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(input.count)
                var isWhole = false
                let output = [UInt8](unsafeUninitializedCapacity: room) { output, count in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    isWhole = deflate(stream, Z_FINISH) == Z_STREAM_END
                    count = room - Int(stream.pointee.avail_out)
                }
                return isWhole ? output : nil
            }
        }
    }
}
