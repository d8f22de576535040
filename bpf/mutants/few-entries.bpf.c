// Breaks the proof burst: connections that wait to be accepted push each other's entries out.
#define GPA_AUDIT_ENTRIES 8
#include "redirect.bpf.h"
#include "connect6.bpf.h"
