import Guidance
import Judgement
import MatrixModel

extension FieldFacts {
    /// What kmatrix itself writes: a cell's verdict, its facts, and the note in a bundle of `kmatrix collect`.
    /// - Returns: Whether it was one of them, and nothing else is to be sought in it.
    mutating func readRecord(_ file: LegibleFile) -> Bool {
        switch file.baseName {
        case "verdict.json": readVerdict(file, SalvagedJSON(file.text))
        case "facts.json": readFactSheet(file, SalvagedJSON(file.text))
        case "collected.json": collected = SalvagedJSON(file.text).text("collected")
        case "clients.json", "fabric.jsonl", "qemu.json", "run.json", "kernel.config", "packages.tsv": break
        default: return false
        }
        return true
    }

    private mutating func readVerdict(_ file: LegibleFile, _ json: SalvagedJSON) {
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
        let quotes = zip(json.texts("findings", "source"), json.texts("findings", "quote")).prefix(16).map { Finding(source: Quote.line($0), quote: Quote.line($1)) }
        let summary = Quote.line(json.text("summary") ?? "")
        recorded = Observed(
            RecordedVerdict(verdict: verdict, cause: cause, summary: summary, quotes: Array(quotes)), Finding(source: Quote.line(file.name), quote: "verdict \(verdict.rawValue): \(summary)"))
        if let guest = json.text("guest"), let found = DistributionFamily(guest: guest) { family = family ?? Observed(found, Finding(source: Quote.line(file.name), quote: "guest \(guest)")) }
        if let found = json.text("release"), found != "null" { release = release ?? Observed(found, Finding(source: Quote.line(file.name), quote: "release \(Quote.line(found))")) }
    }

    private mutating func readFactSheet(_ file: LegibleFile, _ json: SalvagedJSON) {
        if let found = json.text("release"), found != "null" { release = release ?? Observed(found, Self.finding(file, "release \(found)")) }
        if let title = json.text("distribution"), title != "null" { distribution = distribution ?? Observed(Quote.line(title), Self.finding(file, "distribution \(title)")) }
        let filesystems = json.texts("filesystems")
        if !filesystems.isEmpty {
            let listed = filesystems.first { $0.hasSuffix("cgroup2") }
            hasCgroup2 = Observed(listed != nil, Self.finding(file, listed.map { $0.replacing("\t", with: " ") } ?? "no cgroup2 among the file systems"))
        }
        let mounts = json.texts("mounts")
        if !mounts.isEmpty {
            let points = MountTable(mountinfo: mounts.joined(separator: "\n")).cgroup2
            cgroup2Mounts = Observed(points, Self.finding(file, points.isEmpty ? "no cgroup2 among the mounts" : "cgroup2 at \(points.joined(separator: ", "))"))
        }
        if let value = json.text("hasBTF"), value != "null" { hasBTF = Observed(value == "true", Self.finding(file, "hasBTF \(value)")) }
        if let value = json.text("lockdown"), value != "null" { lockdown = Observed(value, Self.finding(file, "lockdown \(value)")) }
    }
}
