// The SHA-2 functions that take their state from the caller. OpenSSL prefers its EVP interface, which loads algorithms as modules at run time:
// in a static program that is 3 MB of code and a dlopen(3) that cannot work.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>
