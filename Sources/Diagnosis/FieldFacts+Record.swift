import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// What kmatrix itself writes: a cell's verdict, its facts, and the note in a bundle of `kmatrix collect`.
    /// - Returns: Whether it was one of them. Other readers then skip the file.
    mutating func readRecord(_ text: FieldText, _ whole: String) -> Bool {
        switch text.baseName {
        case "clients.json", "fabric.jsonl", "qemu.json", "run.json", "packages.tsv": return true
        default: break
        }
        // A record is known by what it holds; its file may have been renamed.
        guard text.bytes.bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"), text.bytes.bytes.count < 4 << 20 else { return false }
        if text.baseName == "verdict.json" || text.bytes.contains("\"verdict\"") && text.bytes.contains("\"fault\"") {
            readVerdict(text, SalvagedJSON(whole))
        } else if text.baseName == "facts.json"
            || text.bytes.contains("\"filesystems\"") && text.bytes.contains("\"mounts\"") && text.bytes.contains("\"release\"")
        {
            readKernelFacts(text, SalvagedJSON(whole))
        } else if text.baseName == "collected.json" || text.bytes.contains("\"collected\"") && text.bytes.contains("\"kmatrix\"") {
            collected = SalvagedJSON(whole).text("collected")
        } else {
            return false
        }
        return true
    }

    private mutating func readVerdict(_ file: FieldText, _ json: SalvagedJSON) {
        guard let verdict = json.text("verdict").flatMap({ Verdict(rawValue: $0) }) else {
            warnings.append("\(file.name) names no verdict that is known")
            return
        }
        if !json.isWhole { warnings.append("\(file.name) is not whole") }
        let named = json.text("cause").flatMap { $0 == "null" ? nil : $0 }
        let cause = named.flatMap { Cause(rawValue: $0) }
        if let named, cause == nil { warnings.append("\(file.name) names the cause '\(Quote.line(named))', which this version does not know") }
        // A verdict that its cause cannot have was edited, or written by something else.
        if let cause, cause.verdict != verdict, verdict != .degraded {
            warnings.append("\(file.name) says '\(verdict.rawValue)' for \(cause.rawValue), which is '\(cause.verdict.rawValue)': it is not taken at its word")
            return
        }
        let quotes = zip(json.texts("findings", "source"), json.texts("findings", "quote")).prefix(16).map {
            Finding(source: Quote.line($0), quote: Quote.line($1))
        }
        let summary = Quote.line(json.text("summary") ?? "")
        recorded = Observed(
            RecordedVerdict(verdict: verdict, cause: cause, summary: summary, quotes: Array(quotes)),
            Finding(source: Quote.line(file.name), quote: "verdict \(verdict.rawValue): \(summary)"))
        if let guest = json.text("guest"), let found = DistributionFamily(guest: guest) {
            family = family ?? Observed(found, Finding(source: Quote.line(file.name), quote: "guest \(guest)"))
        }
        note(release: json, file)
    }

    private mutating func note(release json: SalvagedJSON, _ file: FieldText) {
        guard let found = json.text("release"), found != "null", release == nil || !isReleaseSure else { return }
        release = Observed(found, file.finding("release \(found)"))
        isReleaseSure = true
    }

    private mutating func readKernelFacts(_ file: FieldText, _ json: SalvagedJSON) {
        note(release: json, file)
        if let title = json.text("distribution"), title != "null" {
            distribution = distribution ?? Observed(Quote.line(title), file.finding("distribution \(title)"))
        }
        let filesystems = json.texts("filesystems")
        if !filesystems.isEmpty {
            let listed = filesystems.first { $0.hasSuffix("cgroup2") }
            hasCgroup2 = Observed(listed != nil, file.finding(listed.map { $0.replacing("\t", with: " ") } ?? "no cgroup2 among the file systems"))
        }
        let mounts = json.texts("mounts")
        if !mounts.isEmpty {
            let points = MountTable(mountinfo: mounts.joined(separator: "\n")).cgroup2
            var list = MountList(view: .machine, source: Quote.line(file.name))
            list.mounts = mounts.compactMap { MountList.mount(in: $0) }
            list.isEnded = json.isWhole
            list.proof = file.finding(points.isEmpty ? "no cgroup2 among the mounts" : "cgroup2 at \(points.joined(separator: ", "))")
            mountLists.append(list)
        }
        if let value = json.text("hasBTF"), value != "null" { hasBTF = Observed(value == "true", file.finding("hasBTF \(value)")) }
        if let value = json.text("lockdown"), value != "null" { lockdown = Observed(value, file.finding("lockdown \(value)")) }
    }
}
