// Breaks the proof dual-stack: clients that write the IPv4 address as IPv6 bypass it.
#include "redirect.bpf.h"
