import Testing

@testable import GuestImages

@Suite("A kernel's banner")
struct KernelBannerTests {
    @Test(
        "holds what uname -r and uname -v print",
        arguments: [
            (
                "6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-02)", "6.1.0-56-cloud-amd64",
                "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-02)" as String?
            ),
            (
                "5.15.148 (root@host) (gcc (Debian #4) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP Sat Nov 28 10:00:00 UTC 2026", "5.15.148",
                "#1 SMP Sat Nov 28 10:00:00 UTC 2026"
            ),
            ("5.15.0-1053-azure (buildd@lcy02) #60~20.04.1-Ubuntu SMP Tue Nov 12", "5.15.0-1053-azure", "#60~20.04.1-Ubuntu SMP Tue Nov 12"),
            ("6.1.0 (user@host)", "6.1.0", nil), ("6.1.0 (user@host) #!", "6.1.0", nil), ("6.1.0", "6.1.0", nil),
        ])
    func parts(banner: String, release: String, build: String?) {
        #expect(KernelBanner.release(banner) == release)
        #expect(KernelBanner.build(banner) == build)
    }
}
