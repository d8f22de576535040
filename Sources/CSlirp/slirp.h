// mallopt(3), which glibc's module does not show.
#include <malloc.h>
#include <slirp/libslirp.h>
