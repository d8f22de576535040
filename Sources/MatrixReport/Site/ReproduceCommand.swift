import EvidenceStore
import MatrixModel

/// The command that runs a cell again.
struct ReproduceCommand {
    let text: String
    /// What the reader must supply; nil when the command is complete.
    let remark: String?

    init(_ cell: CellRecord) {
        var words = ["kmatrix", "run"]
        func add(_ option: String, _ value: String?) {
            guard let value else { return }
            words += [option, Self.quoted(value)]
        }
        var missing: [String] = []
        if cell.guest != "micro" { add("--distro", cell.guest) }
        if cell.flavour == KernelFlavour.custom.name {
            add("--kernel", "./KERNEL-IMAGE")
            missing.append("./KERNEL-IMAGE is the file that was booted\(cell.release.map { " (\($0))" } ?? "")")
        } else if let version = cell.kernel ?? cell.series {
            add("--kernel", cell.flavour == KernelFlavour.cloud(on: cell.architecture).name ? version : "\(version)/\(cell.flavour)")
        } else if cell.guest == "micro" {
            // The id holds the selector, with underscores for slashes.
            add("--kernel", cell.id.split(separator: "/").dropFirst().first.map { String($0).replacing("_", with: "/") } ?? "all")
        }
        if cell.architecture != .unnamed { add("--arch", cell.architecture.rawValue) }
        add("--cgroup", cell.cgroup.rawValue)
        add("--profile", cell.profile)
        add("--deployment", cell.deployment)
        add("--scenario", cell.scenario)
        add("--bpf", cell.bpf)
        if let agent = cell.agent {
            add("--agent", agent == "own" ? agent : "./\(agent)")
            if agent != "own" { missing.append("./\(agent) is the agent's package") }
        }
        text = words.joined(separator: " ")
        remark = missing.isEmpty ? nil : missing.joined(separator: "; ") + "."
    }

    /// Quotes any word for a shell.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "-_./:=+~".utf8.contains(byte)
            }
        return isPlain ? word : "'" + VisibleText.line(word).replacing("'", with: "'\\''") + "'"
    }
}
