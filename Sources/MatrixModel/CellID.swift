/// A cell's canonical name, built from its axes: `micro/6.1.192-2/cloud-amd64/unified`, then `axis=value` for each further axis in play.
public struct CellID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    init(_ axes: CellAxes, kernel: KernelIdentity) {
        var parts = [axes.guest, kernel.version.description, kernel.flavour.name, axes.cgroup.rawValue]
        if axes.architecture != .unnamed { parts.append("arch=\(axes.architecture)") }
        for case (let axis, let value?) in [("origin", Self.origin(of: kernel, guest: axes.guest))] + axes.named { parts.append("\(axis)=\(value)") }
        // A slash inside a value would read as one more axis.
        text = parts.map { $0.utf8.contains(UInt8(ascii: "/")) ? $0.replacing("/", with: "_") : $0 }.joined(separator: "/")
    }

    /// The id of a cell that was stored.
    public init(stored text: String) { self.text = text }

    /// Who built the kernel, where that goes without saying neither by the guest nor by the version: several vendors build the same sources.
    private static func origin(of kernel: KernelIdentity, guest: String) -> String? {
        let vendor = String(kernel.origin.prefix { $0 != "/" })
        return ["", "debian", "file", guest].contains(vendor) ? nil : vendor
    }

    public var description: String { text }

    /// What stays the same when a distribution publishes its next kernel of a series: the id with the series in the version's place.
    public func lineage(series: String?) -> String {
        guard let series else { return text }
        var parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard parts.count > 1 else { return text }
        parts[1] = series
        return parts.joined(separator: "/")
    }

    /// The id as one path component: no separator, nothing hidden, only characters that every file system takes.
    public var folderName: String {
        let bytes = text.unicodeScalars.map { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "+", "~", "=", "_": UInt8(truncatingIfNeeded: scalar.value)
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
