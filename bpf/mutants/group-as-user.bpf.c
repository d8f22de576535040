// Breaks the proof identity/uid-not-gid: it records the group as the user.
#define GPA_USER(identity) ((__u32)((identity) >> 32))
#include "redirect.bpf.h"
#include "connect6.bpf.h"
