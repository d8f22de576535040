/// cloud-init's releases, as far as they matter here.
public enum CloudInitRelease {
    /// Whether a release waits for the agent: 24.3 is the first one (its commit b71f48f8f of August 2024).
    /// - Parameter version: As cloud-init names itself, `24.1.3-0ubuntu3`; nil comes of what is no version.
    public static func waitsForAgent(_ version: String) -> Bool? {
        let numbers = version.split(whereSeparator: { !$0.isNumber && $0 != "." }).first?.split(separator: ".").compactMap { Int($0) } ?? []
        guard numbers.count >= 2 else { return nil }
        return (numbers[0], numbers[1]) >= (24, 3)
    }
}
