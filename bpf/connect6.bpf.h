#pragma once
// The IPv6 half of the redirection; include it after redirect.bpf.h.
// Dual-stack clients write an IPv4 destination as ::ffff:a.b.c.d, for which the connect4 hook does not run.
SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *context)
{
    if (context->user_ip6[0] != 0 || context->user_ip6[1] != 0 || context->user_ip6[2] != bpf_htonl(0xffff))
        return 1;
    struct gpa_endpoint *target = gpa_redirect(context, context->user_ip6[3], GPA_AF_INET6);
    if (target) {
        context->user_ip6[3] = target->address;
        context->user_port = target->port;
    }
    return 1;
}
