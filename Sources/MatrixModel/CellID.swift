/// A cell's canonical name, built from its axes: `micro/6.1.192-2/cloud-amd64/unified`, then `axis=value` for each further axis in play.
public struct CellID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    init(_ cell: Cell) {
        var parts = [cell.guest, cell.kernel.version.description, cell.kernel.flavour.name, cell.cgroup.rawValue]
        if cell.architecture != "x86_64" { parts.append("arch=\(cell.architecture)") }
        let further = [
            ("profile", cell.profile), ("deployment", cell.deployment), ("scenario", cell.scenario), ("agent", cell.agent), ("bpf", cell.bpf),
        ]
        for case (let axis, let value?) in further { parts.append("\(axis)=\(value)") }
        // A slash inside a value would read as one more axis.
        text = parts.map { $0.replacing("/", with: "_") }.joined(separator: "/")
    }

    /// The id of a cell that was stored.
    public init(stored text: String) { self.text = text }

    public var description: String { text }

    /// The id as one path component: no separator, nothing hidden, only characters that every file system takes.
    public var folderName: String {
        let allowed = text.unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-.+~=_".unicodeScalars.contains(scalar))
            return isPlain ? Character(scalar) : "_"
        }
        return String(allowed)
    }
}
