/// The facts of a guest, taken from `facts.json` and sorted into groups that a reader looks for.
///
/// Every fact is optional. A fact that no group knows is kept under its own name.
struct GuestFacts {
    struct Group {
        let title: String
        /// Term and description, in the order of reading.
        var facts: [(String, String)] = []

        init(_ title: String, _ facts: [(String, String?)]) {
            self.title = title
            self.facts = facts.compactMap { term, text in text.map { (term, $0) } }
        }
    }

    private let values: [String: FactValue]

    init(_ values: [String: FactValue]) { self.values = values }

    /// Groups with at least one fact.
    var groups: [Group] { [system, kernel, bpf, configuration, cgroups, start, course, other].filter { !$0.facts.isEmpty } }

    private static let known: Set<String> = [
        "birth", "start", "bootTime", "clockSource", "commandLine", "configuration", "controllers", "distribution", "filesystems", "hasBTF", "jitEnable",
        "jitHarden",
        "kernelVersion", "lockdown", "machine", "modules", "mounts", "release", "securityModules", "serviceManager", "systemState", "unprivilegedBPFDisabled",
        "uptimeMilliseconds",
    ]

    // MARK: - Groups

    private var system: Group {
        Group(
            "System",
            [
                ("distribution", text("distribution")), ("service manager", text("serviceManager")), ("state", text("systemState")),
                ("boot time", text("bootTime")),
            ])
    }

    private var kernel: Group {
        Group(
            "Kernel",
            [
                ("release", text("release")), ("architecture", text("machine")), ("build", text("kernelVersion")), ("command line", text("commandLine")),
                ("clock source", text("clockSource")), ("modules", Self.list(values["modules"]?.texts)),
            ])
    }

    private var bpf: Group {
        Group(
            "eBPF and hardening",
            [
                ("type information (BTF)", values["hasBTF"]?.flag.map { $0 ? "present" : "missing" }),
                ("JIT compiler", setting("jitEnable", ["0": "off", "1": "on", "2": "on, with debug output"])),
                ("JIT hardening", setting("jitHarden", ["0": "off", "1": "for unprivileged users", "2": "for all users"])),
                ("unprivileged bpf()", setting("unprivilegedBPFDisabled", ["0": "allowed", "1": "forbidden until the next boot", "2": "forbidden"])),
                ("lockdown", text("lockdown").map(Self.chosen)),
                ("security modules", text("securityModules").map { $0.replacing(",", with: ", ") }),
            ])
    }

    private var configuration: Group {
        let symbols = (values["configuration"]?.members ?? [:]).compactMap { name, value in value.text.map { (name, $0) } }.sorted { $0.0 < $1.0 }
        func names(_ wanted: String) -> String? { Self.list(symbols.filter { $0.1 == wanted }.map(\.0)) }
        let others = symbols.filter { !["y", "m", "n"].contains($0.1) }.map { "\($0.0) is \($0.1)" }
        return Group(
            "Kernel configuration", [("built in", names("y")), ("as a module", names("m")), ("not set", names("n")), ("other values", Self.list(others))])
    }

    private var cgroups: Group {
        let mounts = (values["mounts"]?.texts ?? []).compactMap(Mount.init)
        func places(_ type: String) -> String? { Self.list(mounts.filter { $0.type == type }.map(\.place)) }
        let controllers = (values["controllers"]?.texts ?? []).map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }.filter { $0.count == 4 }
        let enabled = controllers.filter { $0[3] == "1" }
        let hasMounts = values["mounts"]?.texts != nil
        return Group(
            "Control groups",
            [
                ("cgroup v2 mounted at", places("cgroup2") ?? (hasMounts ? "nowhere" : nil)), ("cgroup v1 mounted at", places("cgroup")),
                ("controllers on v1", Self.list(enabled.filter { $0[1] != "0" }.map { $0[0] })),
                ("controllers on v2 or unused", Self.list(enabled.filter { $0[1] == "0" }.map { $0[0] })),
                ("disabled controllers", Self.list(controllers.filter { $0[3] == "0" }.map { $0[0] })),
                ("file systems", Self.list((values["filesystems"]?.texts ?? []).compactMap { $0.split(whereSeparator: \.isWhitespace).last.map(String.init) })),
            ])
    }

    private var start: Group {
        let sheet = values["start"] ?? values["birth"]
        let mode = sheet?["start"] ?? sheet?["birth"]
        let how: String? =
            switch mode?["how"]?.text {
            case "snapshot": "restored from a snapshot" + (mode?["snapshot"]?.text.map { " (\($0.prefix(12))…)" } ?? "")
            case "cold": "cold boot" + (mode?["reason"]?.text.map { ": \($0)" } ?? "")
            case let other: other
            }
        return Group(
            "Start",
            [
                ("mode", how), ("clock set forward by", sheet?["clockBehindSeconds"]?.number.map { "\(Figure.plain(($0 * 10).rounded() / 10)) s" }),
                ("remaining clock error", sheet?["clockErrorMilliseconds"]?.number.map { "\(Figure.plain($0)) ms" }),
                ("new random seed", sheet?["seedBytes"]?.number.map { "\(Figure.plain($0)) bytes" }),
            ])
    }

    /// When the guest reached each step, in seconds of its uptime.
    private var course: Group {
        let steps = (values["uptimeMilliseconds"]?.members ?? [:]).compactMap { name, value in value.number.map { (name, $0) } }
        return Group(
            "Uptime at each step",
            steps.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map { name, milliseconds in
                (Self.spelled(name), "\(Figure.plain((milliseconds / 10).rounded() / 100)) s")
            })
    }

    private var other: Group {
        Group("Other", values.filter { !Self.known.contains($0.key) }.sorted { $0.key < $1.key }.prefix(64).map { ($0.key, $0.value.words) })
    }

    // MARK: - Values

    private func text(_ name: String) -> String? { values[name]?.text }

    /// A kernel setting in words, with the number itself where its meaning is not known.
    private func setting(_ name: String, _ meanings: [String: String]) -> String? { text(name).map { meanings[$0] ?? $0 } }

    private static func list(_ words: [String]?) -> String? {
        guard let words, !words.isEmpty else { return nil }
        let shown = 128
        return words.prefix(shown).joined(separator: ", ") + (words.count > shown ? " and \(words.count - shown) more" : "")
    }

    /// The value in brackets of `[none] integrity confidentiality`; the whole text when there is none.
    private static func chosen(_ text: String) -> String {
        guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else { return text }
        return String(text[text.index(after: open)..<close])
    }

    /// `agentSettled` as `agent settled`.
    private static func spelled(_ name: String) -> String {
        name.reduce(into: "") { words, letter in words += letter.isUppercase ? " \(letter.lowercased())" : String(letter) }
    }

    /// A line of `/proc/self/mountinfo` (proc(5)).
    private struct Mount {
        let place: String
        let type: String

        init?(_ line: String) {
            let fields = line.split(separator: " ").map(String.init)
            guard let dash = fields.firstIndex(of: "-"), dash > 5, dash + 1 < fields.count else { return nil }
            place = fields[4]
            type = fields[dash + 1]
        }
    }
}
