// Counts the allocations of the process that it is linked into, by standing in front of glibc's own.
#pragma once
#include <stdint.h>

/// How many blocks this process has asked for so far.
uint64_t allocations_made(void);
