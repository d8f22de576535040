// Needs bpf_get_retval() in cgroup connect programs: mainline 6.1 ("bpf: expose bpf_{g,s}et_retval to more cgroup hooks"; the
// helper itself, #186, is of 5.18, b44123b4a3dc). Older verifiers reject the program: "invalid func unknown#186" on 5.10, "unknown
// func bpf_get_retval#186" on 5.18 to 6.0.
// What it does with it: a connect that another program on the same hook has refused leaves no record and is not counted.
#define GPA_ALREADY_REFUSED() (bpf_get_retval() != 0)
#include "redirect.bpf.h"
#include "connect6.bpf.h"
