// The native program: mainline 5.7 and later, neither kprobes nor kernel BTF.
#include "redirect.bpf.h"
#include "connect6.bpf.h"
