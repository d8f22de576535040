import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    mutating func readMounts(_ text: FieldText) {
        readFilesystems(text)
        readLayoutWords(text)
        guard ["cgroup", " type ", " - ", "/proc/mounts", "fstype"].contains(where: { text.bytes.contains($0) }) else { return }
        var lists: [MountList] = []
        var json = MountDocument()
        var current: (list: MountList, scope: Int)?
        func finish(isEnded: Bool) {
            guard var list = current?.list else { return }
            list.isEnded = list.isEnded || isEnded
            if !list.mounts.isEmpty || list.silent != nil { lists.append(list) }
            current = nil
        }
        for line in text.lines {
            if let open = current, open.scope != line.scope.number || open.list.view != line.scope.view { finish(isEnded: open.scope != line.scope.number) }
            if line.scope.isPrompt { continue }
            guard let mount = MountList.mount(in: line.text) ?? json.mount(in: line.text) else { continue }
            if current == nil { current = (MountList(view: line.scope.view, source: Quote.line(text.name)), line.scope.number) }
            // Half a line says nothing of its type.
            guard line.isEnded || line.text.hasSuffix(" 0 0") || line.text.hasSuffix(")") || mount.type == "cgroup2" else { continue }
            current?.list.mounts.append(mount)
            if mount.type == "cgroup2", current?.list.proof == nil { current?.list.proof = text.finding(line) }
        }
        finish(isEnded: false)
        if let silent = Self.unanswered(
            text,
            {
                $0.contains("cgroup2") && ($0.contains("mount") || $0.contains("findmnt") || $0.contains("/proc/"))
                    && !$0.contains("filesystems") && !$0.hasPrefix("sudo mount -t")
                    && !$0.hasPrefix("mount -t")
            })
        {
            var list = MountList(view: silent.scope.view, source: Quote.line(text.name))
            list.silent = silent.scope.command
            lists.append(list)
        }
        // Where only a part of the hierarchy is mounted, a container's runtime mounted it.
        for index in lists.indices where lists[index].view == .machine && lists[index].cgroup2.contains(where: { $0.root.map { $0 != "/" } ?? false }) {
            lists[index].view = .container
        }
        mountLists += lists
    }

    /// The list that counts: the agent's own, else the machine's. A pod's, a container's and a manual's do not count.
    var mounts: MountList? {
        for view in [Scope.View.agent, .machine] {
            let lists = mountLists.filter { $0.view == view && (!$0.cgroup2.isEmpty || $0.provesNone) }
            if let found = lists.first(where: { !$0.cgroup2.isEmpty }) ?? lists.first { return found }
        }
        return nil
    }

    private mutating func readFilesystems(_ text: FieldText) {
        guard text.isComplete, text.bytes.contains("nodev") || text.bytes.contains("/proc/filesystems") else { return }
        // `nodev\tcgroup2`, with a tab or the blanks that mail programs make of it.
        let listed = text.lines.enumerated().compactMap { index, line -> (name: Substring, line: FieldText.Line, index: Int)? in
            let words = line.text.split(whereSeparator: \.isWhitespace)
            return words.count == 2 && words[0] == "nodev" && line.isEnded && line.scope.view != .manual ? (words[1], line, index) : nil
        }
        if let found = listed.first(where: { $0.name == "cgroup2" }) {
            hasCgroup2 = Observed(true, text.finding(found.line))
        } else if hasCgroup2 == nil, let other = listed.first(where: { $0.name == "cgroup" }) ?? (listed.count > 8 ? listed.first : nil),
            Self.goesOn(behind: other.index, listed: listed.map(\.index), text)
        {
            // The kernel lists cgroup2 right after cgroup. A list that continues without it proves that the kernel has none.
            hasCgroup2 = Observed(false, Finding(source: Quote.line(text.name), quote: "`\(Quote.line(other.line.text))` and no `nodev cgroup2`"))
        } else if hasCgroup2 == nil, let asked = Self.unanswered(text, { $0.contains("/proc/filesystems") }) {
            hasCgroup2 = Observed(false, Finding(source: Quote.line(text.name), quote: "`\(Quote.line(asked.scope.command ?? ""))` printed nothing"))
        }
    }

    private static func goesOn(behind index: Int, listed: [Int], _ text: FieldText) -> Bool {
        text.lines[(index + 1)...].contains { $0.scope.isPrompt || !$0.text.allSatisfy(\.isWhitespace) }
    }

    /// `stat -fc %T /sys/fs/cgroup`, and programs that name the version of control groups.
    private mutating func readLayoutWords(_ text: FieldText) {
        for line in text.lines where !line.scope.isPrompt && line.scope.view != .manual {
            if let command = line.scope.command, command.contains("stat -f"), command.contains("/sys/fs/cgroup"), line.isEnded {
                let word = line.text.filter { !$0.isWhitespace }
                if word == "cgroup2fs" || word == "tmpfs" { rootType = rootType ?? Observed(word, text.finding(line)) }
            }
            // `df -T /sys/fs/cgroup`: `tmpfs tmpfs 4013320 0 4013320 0% /sys/fs/cgroup`.
            let fields = line.text.split(separator: " ")
            if fields.count == 7, fields[6] == "/sys/fs/cgroup", fields[5].hasSuffix("%") || fields[5] == "-", line.scope.view == .machine {
                if fields[1] == "cgroup2" { rootType = rootType ?? Observed("cgroup2fs", text.finding(line)) }
                if fields[1] == "tmpfs" { rootType = rootType ?? Observed("tmpfs", text.finding(line)) }
            }
            if let command = line.scope.command, command.hasPrefix("ls "), command.split(separator: " ").last?.hasPrefix("/sys/fs/cgroup") == true {
                readFolder(text, line)
            }
            if let command = line.scope.command, command.contains("/proc/"), command.hasSuffix("/cgroup"), line.scope.view == .machine {
                readMembership(text, line)
            }
            // Loaders' own tests.
            if line.text.contains("does not have cgroupv2 enabled") { namedVersion = namedVersion ?? Observed(1, text.finding(line)) }
            let lowered = line.text.utf8.count <= 120 ? line.text.lowercased() : ""
            guard lowered.contains("ontrol groups: version ") || lowered.contains("cgroup version: ") || lowered.contains("cgroupversion: v") else { continue }
            if let digit = line.text.last(where: { $0.isNumber }), let number = Int(String(digit)), number == 1 || number == 2 {
                namedVersion = Observed(number, text.finding(line))
            }
        }
    }

    /// `/proc/PID/cgroup`: `0::/` is cgroup v2's line. A line with controllers is a hierarchy of v1, and the layout legacy or hybrid.
    private mutating func readMembership(_ text: FieldText, _ line: FieldText.Line) {
        // The number in front is the hierarchy's; it looks like a line's number of grep(1), and may be gone.
        guard line.isEnded, let slash = line.text.firstIndex(of: "/"), line.text[..<slash].last == ":" else { return }
        let controllers = line.text[..<slash].dropLast().split(separator: ":", omittingEmptySubsequences: false).last ?? ""
        guard controllers.allSatisfy({ $0.isLowercase || $0.isNumber || "_,=".contains($0) }) else { return }
        if !controllers.isEmpty {
            namedVersion = Observed(1, text.finding(line))
        } else if namedVersion == nil {
            namedVersion = Observed(2, text.finding(line))
        }
    }

    /// `ls /sys/fs/cgroup`: the root of cgroup v2 has `cgroup.controllers`; v1 has a folder for each controller.
    private mutating func readFolder(_ text: FieldText, _ line: FieldText.Line) {
        guard rootType == nil, line.scope.command?.split(separator: " ").last.map({ $0 == "/sys/fs/cgroup" || $0 == "/sys/fs/cgroup/" }) == true else { return }
        let words = Set(line.text.split(whereSeparator: \.isWhitespace))
        if words.contains("cgroup.controllers") { rootType = Observed("cgroup2fs", text.finding(line)) }
        if !words.isDisjoint(with: ["blkio", "cpu,cpuacct", "net_cls", "net_cls,net_prio", "devices", "freezer"]) {
            rootType = Observed("tmpfs", text.finding(line))
        }
    }

    /// What the agent logged about the mounts that it sees.
    mutating func readAgentView(_ text: FieldText) {
        let none = [
            "Cannot find cgroup2 file mount", "no cgroup2 (unified) hierarchy is mounted", "cgroup2 not mounted", "cgroup2 is not mounted",
            "cgroup v2 is not mounted", "cgroup v2 not mounted", "no cgroup2 mount", "cgroupv2 is not mounted", "cgroupv2 not mounted",
            "cgroup2 mount point not found",
        ]
        for line in text.lines where !line.scope.isPrompt && line.scope.view != .manual {
            if none.contains(where: { line.text.contains($0) }) { agentSeesNone = agentSeesNone ?? text.finding(line) }
            if line.text.contains("Failed to get the cgroup2 mount path"), !line.text.contains("Cannot find cgroup2 file mount") {
                agentGuessedPath = agentGuessedPath ?? text.finding(line)
            }
        }
        // An agent that attached its program afterwards has found it.
        guard AgentWords(text.bytes).saysProgramsRun else { return }
        (agentSeesNone, agentGuessedPath, typeComplaint, loaderComplaint) = (nil, nil, nil, nil)
        let words = ["Started Redirector with eBPF maps", "Success attached bpf prog"]
        programsRun = text.lines.last { line in words.contains { line.text.contains($0) } }.map { text.finding($0) }
    }

    /// A typed command that printed nothing: the next line is the next prompt. At the end of a text the output may have been cut off.
    static func unanswered(_ text: FieldText, _ isWanted: (String) -> Bool) -> FieldText.Line? {
        for (index, line) in text.lines.enumerated() {
            guard line.scope.isPrompt, let typed = line.scope.command, isWanted(typed) else { continue }
            if let next = text.lines[(index + 1)...].first(where: { !$0.text.allSatisfy(\.isWhitespace) }), next.scope.isPrompt { return line }
        }
        return nil
    }
}
