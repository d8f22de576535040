import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    static func finding(_ file: LegibleFile, _ line: some StringProtocol) -> Finding {
        Finding(source: Quote.line(file.name), quote: Quote.line(line.drop(while: \.isWhitespace)))
    }

    /// What was typed, if a line is a prompt with a command behind it.
    static func command(_ line: some StringProtocol) -> String? {
        // Nearly every line ends here, and by its bytes that is known soonest.
        guard line.utf8.prefix(80).contains(where: { $0 == 0x23 || $0 == 0x24 || $0 == 0x3E || $0 == 0x25 }) else { return nil }
        let text = line.drop(while: \.isWhitespace)
        guard let prompt = text.firstIndex(where: { "#$>%".contains($0) }), text.distance(from: text.startIndex, to: prompt) < 80 else { return nil }
        let words = text[text.index(after: prompt)...].split(separator: " ")
        guard let first = words.first, first.first?.isLetter == true || first.hasPrefix("/") else { return nil }
        return words.joined(separator: " ")
    }

    mutating func readKernel(_ file: LegibleFile) {
        let lines = file.lines
        let name = file.baseName
        let isNamed = name.hasPrefix("uname") || name.hasPrefix("kernel-release") || name.hasPrefix("kernel_release")
        var asked = isNamed || lines.count(where: { !$0.allSatisfy(\.isWhitespace) }) == 1
        for line in lines where line.utf8.count <= 256 {
            if Self.command(line)?.hasPrefix("uname") == true || line.trimmingPrefix(while: \.isWhitespace).hasPrefix("uname -") {
                asked = true
                continue
            }
            let words = line.split(separator: " ")
            // `uname -a` begins with the system's name and the host's.
            if words.count > 3, words[0] == "Linux", Self.isRelease(words[2]) {
                release = release ?? Observed(String(words[2]), Self.finding(file, line))
            } else if asked, words.count == 1, Self.isRelease(words[0]) {
                release = release ?? Observed(String(words[0]), Self.finding(file, line))
            }
            if !words.isEmpty, !isNamed { asked = false }
        }
        for line in file.lines(containing: ["integrity"]) where ["[none]", "[integrity]", "[confidentiality]"].contains(where: { line.contains($0) }) {
            lockdown = Observed(String(line), Self.finding(file, line))
        }
        if name.hasPrefix("btf"), let line = lines.first, !line.isEmpty { hasBTF = Observed(line.hasPrefix("present"), Self.finding(file, line)) }
        guard name.contains("console") || name.contains("kernel.log") || name.contains("dmesg") || name.contains("messages") || name.contains("syslog") else { return }
        kernelTrouble += ConsoleClassifier.sightings(in: file.bytes, source: Quote.line(file.name)).map(\.finding)
    }

    /// `5.10.0-56-cloud-amd64`, `4.18.0-553.el8_10.x86_64`, `6.6.87`.
    private static func isRelease(_ word: some StringProtocol) -> Bool {
        let parts = word.split(separator: ".", maxSplits: 2)
        guard word.utf8.count <= 64, parts.count >= 2, let major = Int(parts[0]), (2...99).contains(major), Int(parts[1].prefix { $0.isNumber }) != nil else { return false }
        return (parts.count == 3 || parts[1].contains("-")) && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_+~".contains($0)) }
    }

    mutating func readDistribution(_ file: LegibleFile) {
        let lines = file.lines
        func value(_ key: String) -> (String, Substring)? {
            guard let line = lines.first(where: { $0.hasPrefix(key + "=") }) else { return nil }
            return (line.dropFirst(key.count + 1).filter { $0 != "\"" && $0 != "'" }, line)
        }
        // Shell variables called ID are in many files; os-release(5) has these two together.
        guard let (id, line) = value("ID"), let (title, titleLine) = value("PRETTY_NAME") ?? value("NAME") else { return }
        distribution = distribution ?? Observed(title, Self.finding(file, titleLine))
        let like = value("ID_LIKE")?.0.split(separator: " ").map(String.init) ?? []
        guard family == nil, let found = DistributionFamily(id: id, like: like) else { return }
        family = Observed(found, Self.finding(file, line))
    }

    // MARK: - Control groups

    mutating func readMounts(_ file: LegibleFile) {
        readFilesystems(file)
        guard [" type ", " - ", "cgroup2"].contains(where: { file.contains($0) }) else { return }
        let lines = file.lines
        var points: [String] = []
        var proof: Substring?
        var isList = false
        for line in lines {
            let words = line.split(separator: " ")
            // `cgroup2 on /sys/fs/cgroup type cgroup2 (rw,…)` of mount(8); `… - cgroup2 cgroup2 rw` of mountinfo.
            if words.count >= 5, words[1] == "on", words[3] == "type" {
                isList = isList || words[4] != "cgroup2"
                if words[4] == "cgroup2" { points.append(String(words[2])) }
                if words[4] == "cgroup2", proof == nil { proof = line }
            } else if words.count >= 9, let dash = words.firstIndex(of: "-"), dash >= 6, dash + 2 < words.count, Int(words[0]) != nil {
                isList = true
                if words[dash + 1] == "cgroup2" { points.append(String(words[4])) }
                if words[dash + 1] == "cgroup2", proof == nil { proof = line }
            }
        }
        if let proof {
            cgroup2Mounts = Observed(points, Self.finding(file, proof))
        } else if cgroup2Mounts == nil, isList {
            cgroup2Mounts = Observed([], Finding(source: Quote.line(file.name), quote: "a list of mounts without cgroup2"))
        } else if cgroup2Mounts == nil, let asked = Self.unanswered(lines, { $0.contains("mount") && $0.contains("cgroup2") }) {
            cgroup2Mounts = Observed([], Finding(source: Quote.line(file.name), quote: "`\(Quote.line(asked))` printed nothing"))
        }
    }

    private mutating func readFilesystems(_ file: LegibleFile) {
        guard file.contains("nodev") || file.contains("/proc/filesystems") else { return }
        let lines = file.lines
        // `nodev\tcgroup2`, with a tab or what became of it in somebody's mail.
        let listed = lines.compactMap { line -> (name: Substring, line: Substring)? in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count == 2 && words[0] == "nodev" ? (words[1], line) : nil
        }
        if let found = listed.first(where: { $0.name == "cgroup2" }) {
            hasCgroup2 = Observed(true, Self.finding(file, found.line))
        } else if hasCgroup2 == nil, let other = listed.first(where: { $0.name == "cgroup" }) ?? (listed.count > 4 ? listed.first : nil) {
            hasCgroup2 = Observed(false, Finding(source: Quote.line(file.name), quote: "`\(Quote.line(other.line))` and no `nodev cgroup2`"))
        } else if hasCgroup2 == nil, let asked = Self.unanswered(lines, { $0.contains("/proc/filesystems") }) {
            hasCgroup2 = Observed(false, Finding(source: Quote.line(file.name), quote: "`\(Quote.line(asked))` printed nothing"))
        }
    }

    /// A typed command that printed nothing: the next line is the next prompt, or there is none.
    private static func unanswered(_ lines: [Substring], _ isWanted: (String) -> Bool) -> String? {
        for (index, line) in lines.enumerated() {
            guard let typed = command(line), isWanted(typed) else { continue }
            let next = lines[(index + 1)...].first { !$0.allSatisfy(\.isWhitespace) }
            // A bare prompt is a prompt as well.
            if next == nil || next.flatMap({ command($0) }) != nil || next?.last.map({ "#$".contains($0) }) == true || next?.hasSuffix("$ ") == true { return typed }
        }
        return nil
    }
}
