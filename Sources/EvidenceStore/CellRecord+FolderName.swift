import MatrixModel

extension CellRecord {
    /// Reads a cell's axes from the name of its evidence folder, for a folder without a readable record; nil for another name.
    init?(folderName: String) {
        let parts = folderName.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        // A version may have underscores of its own (`el9_4`), which a layout has not.
        guard let place = parts.indices.dropFirst(3).first(where: { CgroupLayout(rawValue: parts[$0]) != nil }),
            let layout = CgroupLayout(rawValue: parts[place]),
            let version = try? KernelVersion(parsing: parts[1..<place - 1].joined(separator: "_")), let flavour = try? KernelFlavour(parsing: parts[place - 1])
        else { return nil }
        var further: [String: String] = [:]
        var axis: String?
        for part in parts.dropFirst(place + 1) {
            if let equals = part.firstIndex(of: "=") {
                axis = String(part[..<equals])
                further[String(part[..<equals])] = String(part[part.index(after: equals)...])
            } else if let axis {
                // An underscore inside a value.
                further[axis, default: ""] += "_" + part
            }
        }
        guard let architecture = further["arch"].map(Architecture.init(rawValue:)) ?? .unnamed else { return nil }
        let cell = Cell(
            guest: parts[0], kernel: KernelIdentity(version: version, flavour: flavour, release: "", origin: further["origin"] ?? ""),
            architecture: architecture,
            cgroup: layout, profile: further["profile"], deployment: further["deployment"], scenario: further["scenario"], agent: further["agent"],
            bpf: further["bpf"])
        guard cell.id.folderName == folderName else { return nil }
        self.init(cell: cell, judgement: Judgement(verdict: .notRun, cause: nil, summary: ""), evidence: nil, seconds: [:], attempts: 0)
    }
}
