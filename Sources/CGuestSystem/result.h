#pragma once
#include <errno.h>

/// What a system call returned, or its error as a negative number.
static inline int result(long value) { return value < 0 ? -errno : (int)value; }
