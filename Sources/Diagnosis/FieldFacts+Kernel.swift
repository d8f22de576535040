import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// How sure a line is of the release that it names.
    private enum Strength { case printed, named }

    mutating func readKernel(_ text: FieldText) {
        // The whole text may be the one line that `uname -r` prints.
        var asked = text.isComplete && text.lines.count(where: { !$0.text.allSatisfy(\.isWhitespace) }) == 1
        for line in text.lines where line.text.utf8.count <= 1_024 {
            if line.scope.isPrompt || line.text.hasPrefix("uname -") {
                asked = line.text.contains("uname")
                if line.scope.isPrompt, !line.text.contains("6.") && !line.text.contains("5.") && !line.text.contains("4.") { continue }
            }
            let words = line.text.split(separator: " ")
            if words.isEmpty { continue }
            // A line that a shell prints alone, behind `uname -r`.
            let isAlone = words.count == 1 || words.count == 2 && Self.architectures.contains(words[1])
            if isAlone, Self.isRelease(words[0]), line.isEnded || text.lines.count > 1 || words[0].last?.isNumber == false {
                if asked { note(words[0], .printed, text, line) } else if Self.isDistributions(words[0]) { note(words[0], .named, text, line) }
            }
            asked = false
            readRelease(words, text, line)
            readCommandLine(text, line)
        }
        readTrouble(text)
    }

    private mutating func readRelease(_ words: [Substring], _ text: FieldText, _ line: FieldText.Line) {
        // `uname -a` begins with the system's name and the host's; the kernel's first message is `Linux version …`.
        if words.count > 3, words[0] == "Linux", Self.isRelease(words[2]) { return note(words[2], .printed, text, line) }
        if words.count > 2, words[0] == "Linux", words[1] == "version", Self.isRelease(words[2]) { return note(words[2], .printed, text, line) }
        // `"release": "6.12.8-1-default"` of programs that print uname(2) as JSON.
        if words.count >= 2, words[0] == "\"release\":", let version = words[1].split(separator: "\"").first, Self.isRelease(version) {
            return note(version, .named, text, line)
        }
        let lowered = line.text.lowercased()
        if let range = lowered.firstRange(of: "boot_image=") {
            let image = lowered[range.upperBound...].prefix { $0 != " " }
            if let version = image.firstRange(of: "vmlinuz-").map({ image[$0.upperBound...] }), Self.isRelease(version) { note(version, .named, text, line) }
            return
        }
        guard ["kernel", "linux", "ubuntu", "debian", " on ", " from ", " to "].contains(where: { lowered.contains($0) }) else { return }
        // A sentence about what worked and one about what failed name different releases.
        for sentence in line.text.replacing(". ", with: ".\n").split(separator: "\n") {
            readProse(sentence, isLast: sentence.endIndex == line.text.endIndex, text, line)
        }
    }

    private mutating func readProse(_ sentence: Substring, isLast: Bool, _ text: FieldText, _ line: FieldText.Line) {
        let words = sentence.split(separator: " ")
        let namesKernel = line.text.lowercased().contains("kernel")
        for (index, word) in words.enumerated() {
            let plain = word.trimmingPrefix { "(\"'`".contains($0) }
            let bare = plain.prefix { !",;:)\"'`".contains($0) }
            let version = bare.last == "." ? bare.dropLast() : bare
            let isSeries = index > 0 && words[index - 1].lowercased().trimmingPrefix("(").hasPrefix("kernel") && Self.isSeries(version)
            guard Self.isRelease(version) || isSeries else { continue }
            // Of the last word of a text that was cut there may be more.
            if index == words.count - 1, isLast, !line.isEnded { continue }
            // Ubuntu's own release `24.04.2`, and versions of other software.
            if let major = Int(version.prefix { $0.isNumber }), major > 7 || major < 3 { continue }
            if !version.contains("-"), !namesKernel { continue }
            return note(version, .named, text, line, in: String(sentence))
        }
    }

    private mutating func note(_ version: some StringProtocol, _ strength: Strength, _ text: FieldText, _ line: FieldText.Line, in sentence: String? = nil) {
        let lowered = (sentence ?? line.text).lowercased()
        let worked = ["loaded", "worked", "works", "was fine", "no problem", "succeed"].contains { lowered.contains($0) }
        if strength == .named, worked, !lowered.contains("not work"), !lowered.contains("n't load"), !lowered.contains("never") {
            earlierRelease = earlierRelease ?? Observed(String(version), text.finding(line))
            return
        }
        guard release == nil || strength == .printed && !isReleaseSure else { return }
        release = Observed(String(version), text.finding(line))
        isReleaseSure = strength == .printed
    }

    private static let architectures: Set<Substring> = ["x86_64", "aarch64", "arm64", "ppc64le", "s390x", "riscv64", "loongarch64", "armv7l"]

    /// Whether a word alone on its line is a kernel's release: distributions append a build and a flavour to the numbers.
    private static func isDistributions(_ word: Substring) -> Bool {
        let parts = word.split(separator: "-", maxSplits: 1)
        return parts.count == 2 && parts[1].contains { $0.isLetter } && (3...7).contains(Int(word.prefix { $0.isNumber }) ?? 0)
    }

    /// `5.10.0-56-cloud-amd64`, `4.18.0-553.el8_10.x86_64`, `6.6.87`.
    static func isRelease(_ word: some StringProtocol) -> Bool {
        let parts = word.split(separator: ".", maxSplits: 2)
        guard word.utf8.count <= 80, parts.count >= 2, let major = Int(parts[0]), (2...99).contains(major), Int(parts[1].prefix { $0.isNumber }) != nil else {
            return false
        }
        return (parts.count == 3 || parts[1].contains("-")) && word.last != "-"
            && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_+~".contains($0)) }
    }

    private static func isSeries(_ word: some StringProtocol) -> Bool {
        let parts = word.split(separator: ".")
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.count <= 2 && $0.allSatisfy(\.isNumber) }
    }

    private mutating func readCommandLine(_ text: FieldText, _ line: FieldText.Line) {
        let words = line.text
        let starts = ["BOOT_IMAGE=", "Kernel command line:", "Command line:"]
        let isAsked = line.scope.command?.contains("/proc/cmdline") == true
        // Without a boot loader's word it is known by what only a kernel's command line holds.
        let isAlone =
            words.split(separator: " ").count { $0.hasPrefix("root=") || $0.hasPrefix("console=") || $0.hasPrefix("lockdown=") || $0 == "ro" || $0 == "quiet" }
            >= 2
        guard !line.scope.isPrompt, line.scope.view != .manual, starts.contains(where: { words.contains($0) }) || isAsked || isAlone else { return }
        if commandLine == nil { commandLine = Observed(words, text.finding(line)) }
        for argument in words.split(separator: " ") where argument.hasPrefix("lockdown=") {
            lockdownArgument = Observed(String(argument.dropFirst("lockdown=".count)), text.finding(line))
        }
    }

    /// Panics and oopses, by the kernel's own messages: behind a time stamp, or as a journal has them.
    private mutating func readTrouble(_ text: FieldText) {
        let needles = ["Kernel panic - not syncing", "Oops: ", "Oops[", "BUG: ", "kernel BUG at ", "general protection fault", "Unable to handle kernel"]
        for line in text.bytes.lines(containing: needles, most: 64) where kernelTrouble.count < 8 {
            let raw = text.bytes.string(line, most: 4_096)
            let message = LogLine(raw)
            let isKernels = message.speaker == "kernel"
            let stamped = isKernels ? Array("[    0.000000] \(message.text)".utf8) : Array(raw.utf8)
            guard let sighting = ConsoleClassifier.sightings(in: stamped, source: Quote.line(text.name)).first else { continue }
            let finding = isKernels ? text.finding(raw) : sighting.finding
            if !kernelTrouble.contains(finding) { kernelTrouble.append(finding) }
        }
        if kernelTrouble.count > 1, let panic = kernelTrouble.firstIndex(where: { $0.quote.contains("Kernel panic") }) { kernelTrouble.swapAt(0, panic) }
    }

    // MARK: - Distribution

    mutating func readDistribution(_ text: FieldText) {
        func value(_ key: String) -> (String, FieldText.Line)? {
            guard let line = text.lines.first(where: { $0.text.hasPrefix(key + "=") }) else { return nil }
            return (line.text.dropFirst(key.count + 1).filter { $0 != "\"" && $0 != "'" }, line)
        }
        if let (id, line) = value("DISTRIB_ID"), family == nil, let found = DistributionFamily(id: id.lowercased()) {
            family = Observed(found, text.finding(line))
            if let (title, line) = value("DISTRIB_DESCRIPTION") { distribution = distribution ?? Observed(title, text.finding(line)) }
        }
        // lsb_release(1) and hostnamectl(1).
        for line in text.lines where line.text.utf8.count < 200 && line.scope.view != .manual {
            guard let colon = line.text.firstIndex(of: ":"),
                ["Distributor ID", "Operating System", "Description"].contains(line.text[..<colon].trimmingPrefix(while: \.isWhitespace))
            else { continue }
            let title = String(line.text[line.text.index(after: colon)...].drop(while: \.isWhitespace))
            let id = title.prefix { $0 != " " }.lowercased()
            guard let found = DistributionFamily(id: id) ?? Self.names.first(where: { title.contains($0.0) })?.1 else { continue }
            family = family ?? Observed(found, text.finding(line))
            if title.contains(" ") { distribution = distribution ?? Observed(title, text.finding(line)) }
        }
        if let line = text.lines.first(where: { $0.text.hasPrefix("Microsoft Windows [Version") }) {
            distribution = distribution ?? Observed(line.text, text.finding(line))
        }
        // Shell variables called ID are in many files; os-release(5) has these two together.
        if let (id, line) = value("ID"), let (title, titleLine) = value("PRETTY_NAME") ?? value("NAME") {
            distribution = distribution ?? Observed(title, text.finding(titleLine))
            let like = value("ID_LIKE")?.0.split(separator: " ").map(String.init) ?? []
            if family == nil, let found = DistributionFamily(id: id, like: like) { family = Observed(found, text.finding(line)) }
        }
        guard family == nil, text.isComplete else { return }
        for line in text.lines where line.scope.view != .manual {
            let isUbuntu = line.text.hasPrefix("Ubuntu ") && line.text.dropFirst(7).first?.isNumber == true
            guard let found = isUbuntu ? DistributionFamily.ubuntu : Self.names.first(where: { line.text.contains($0.0) })?.1 else { continue }
            family = Observed(found, text.finding(line))
            return
        }
    }

    /// What titles of distributions begin with or contain.
    private static let names: [(String, DistributionFamily)] = [
        ("Amazon Linux", .amazon), ("Azure Linux", .azureLinux), ("CBL-Mariner", .azureLinux), ("Red Hat Enterprise Linux", .rhel), ("Rocky Linux", .rhel),
        ("AlmaLinux", .rhel), ("CentOS", .rhel),
        ("Oracle Linux", .rhel), ("SUSE Linux Enterprise", .sles), ("SLE Micro", .sles), ("openSUSE", .sles), ("Debian GNU/Linux", .debian),
        ("Linux:Debian", .debian), (" Debian ", .debian), ("-Ubuntu SMP", .ubuntu), ("Linux:Ubuntu", .ubuntu),
    ]

    /// From the endings of the kernel's release and of packages' versions.
    mutating func inferFamily() {
        guard family == nil else { return }
        for known in [release, cloudInit] {
            guard let known, let found = DistributionFamily(version: known.value) else { continue }
            family = Observed(found, known.finding)
            return
        }
    }
}
