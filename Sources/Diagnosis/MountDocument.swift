/// What `findmnt --json` prints, line by line or as one line: the agent asks it in this form.
struct MountDocument {
    private var target: String?

    /// The mount whose type a line has.
    mutating func mount(in line: String) -> MountList.Mount? {
        if let found = Self.value("\"target\":", in: line) { target = found }
        guard let type = Self.value("\"fstype\":", in: line), let point = target, point.hasPrefix("/") else { return nil }
        target = nil
        return MountList.Mount(point: point, type: type, root: nil)
    }

    private static func value(_ key: String, in line: String) -> String? {
        guard let range = line.firstRange(of: key) else { return nil }
        let rest = line[range.upperBound...].drop { $0 == " " }
        guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
        return String(rest[rest.index(after: rest.startIndex)..<end])
    }
}
