/// Targets whose meaning depends on who reads them.
enum TargetCheck {
    /// An empty path component, or one that climbs, also after decoding once.
    static func isSuspicious(_ target: String) -> Bool {
        let path = target.prefix { $0 != "?" }
        return path.contains("//") || PercentEncoding.decoded(path).contains("..")
    }
}
