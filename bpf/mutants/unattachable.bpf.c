// Breaks the proof attach: one of its programs is of a type that no cgroup takes.
#include "redirect.bpf.h"
#include "connect6.bpf.h"

SEC("socket")
int bystander(struct __sk_buff *packet)
{
    return 0;
}
