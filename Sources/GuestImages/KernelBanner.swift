/// What a kernel says of itself: `6.1.0-50-cloud-amd64 (user@host) … #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-02)`.
enum KernelBanner {
    /// `uname -r`: the first word.
    static func release(_ banner: String) -> String? { banner.split(separator: " ").first.map(String.init) }

    /// `uname -v`: what begins with the build's number. The compiler's words before it may hold a number sign too.
    static func build(_ banner: String) -> String? {
        guard let start = banner.ranges(of: " #").last?.lowerBound else { return nil }
        let build = banner[start...].dropFirst()
        return build.dropFirst().first?.isNumber == true ? String(build) : nil
    }
}
