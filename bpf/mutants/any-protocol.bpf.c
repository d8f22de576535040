// Breaks the proof left-alone: it redirects UDP too.
#define GPA_IS_JUDGED(context) ((context)->protocol == 6 || (context)->protocol == 17)
#include "redirect.bpf.h"
#include "connect6.bpf.h"
