import Guidance
import Judgement
import MatrixModel

/// A text split into messages: a file, a member of a bundle, a paste, or a message embedded in another text.
struct FieldText {
    /// One message without its prefix, and the scope that it belongs to.
    struct Line {
        let text: String
        /// The unchanged line of the file, for quoting.
        let raw: String
        let speaker: String?
        let scope: Scope
        /// Whether a line end follows. The last line of a text that was cut may be half of one.
        let isEnded: Bool
    }

    let name: String
    /// The name without folders, in small letters.
    let baseName: String
    let bytes: LogText
    /// Every line of a text of a size that people paste or tools print; of a longer one those that may say something.
    let lines: [Line]
    /// Whether `lines` has every line.
    let isComplete: Bool

    private static let longestPaste = 256 << 10

    /// What a line of a long log has to hold to be looked at.
    static let needles = [
        "azure-proxy-agent", "GuestProxyAgent", "ProvisionGuestProxyAgent", "loud-init", "OSProvisioningInternalError", "platform failed to record success",
        "Azure fabric", "Lockdown:", "lockdown", "is locked down", "avc:",
        "apparmor=", "Linux version", "BOOT_IMAGE", "ommand line:", "cgroup", "key details", "the key", "get key status", "ready to use", "CONFIG_",
        "inVMAccessControlProfile", "InVMAccessControlProfile",
        "proxyAgentSettings", "PRETTY_NAME", "SERVICE_NAME", "CapEff",
    ]

    init(_ file: BundleFile) { self.init(name: file.name, bytes: LogText(Array(file.text.utf8))) }

    init(name: String, bytes: LogText) {
        self.name = name
        baseName = (name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? name).lowercased()
        self.bytes = bytes
        isComplete = bytes.bytes.count <= Self.longestPaste
        let wanted = isComplete ? bytes.lines : bytes.lines(containing: Self.needles, most: 4_000)
        var scopes = ScopeReader()
        var found: [Line] = []
        for line in wanted {
            let raw = bytes.string(line, most: 16 << 10)
            for message in LogLine.messages(in: raw) {
                let scope = scopes.scope(of: message)
                found.append(Line(text: message.text, raw: raw, speaker: message.speaker, scope: scope, isEnded: line.isEnded))
            }
        }
        lines = found
    }

    func finding(_ line: Line) -> Finding { Finding(source: Quote.line(name), quote: Quote.line(line.raw.drop(while: \.isWhitespace))) }

    func finding(_ quote: some StringProtocol) -> Finding { Finding(source: Quote.line(name), quote: Quote.line(quote.drop(while: \.isWhitespace))) }
}

/// Where a line comes from: the machine, a prompt's output, or a manual.
struct Scope: Hashable {
    enum View: Int, Hashable {
        /// An example or what a manual expects.
        case manual
        /// A pod's or container's, which are not the machine's.
        case container
        case machine
        /// What the agent's own process sees.
        case agent
    }

    /// The number of the prompt within the text; 0 before the first.
    let number: Int
    let view: View
    /// What was typed.
    let command: String?
    /// Whether this is the prompt's own line.
    let isPrompt: Bool
}

/// Follows the prompts of a text.
struct ScopeReader {
    private var number = 0
    private var view = Scope.View.machine
    private var command: String?
    private var isManual = 0
    /// Whether the line that announced a manual's output had a prefix. A line of the other kind ends that output.
    private var isManualPrefixed = false

    mutating func scope(of message: LogLine) -> Scope {
        let text = message.text
        if let prompt = Prompt(text) {
            number += 1
            command = prompt.command
            view = prompt.view
            isManual = 0
            return Scope(number: number, view: view, command: command, isPrompt: true)
        }
        if text.allSatisfy(\.isWhitespace) { return Scope(number: number, view: isManual > 0 ? .manual : view, command: command, isPrompt: false) }
        let lowered = text.utf8.count < 300 ? text.lowercased() : ""
        // `You should see:`, `Expected output:`, `For example:` announce what a manual prints.
        if lowered.hasSuffix(":") || lowered.hasSuffix("```"),
            ["expect", "should ", "example", "documentation", "manual", "docs say", "guide"].contains(where: { lowered.contains($0) })
        {
            isManual = 12
            isManualPrefixed = message.isPrefixed
        } else if isManual > 0 {
            isManual -= 1
            if message.isPrefixed != isManualPrefixed { isManual = 0 }
        }
        return Scope(number: number, view: isManual > 0 ? .manual : view, command: command, isPrompt: false)
    }
}

/// A shell's prompt and the command after it.
struct Prompt {
    /// Empty for a prompt at which nothing was typed.
    let command: String
    let view: Scope.View

    /// Nil for another line.
    init?(_ line: some StringProtocol) {
        // Nearly every line ends here, and by its bytes that is known soonest.
        guard line.utf8.prefix(80).contains(where: { $0 == 0x23 || $0 == 0x24 || $0 == 0x3E || $0 == 0x25 }) else { return nil }
        let text = String(line).drop(while: \.isWhitespace)
        guard let mark = text.firstIndex(where: { "#$>%".contains($0) }), text.distance(from: text.startIndex, to: mark) < 80 else { return nil }
        let host = text[..<mark]
        let rest = text[text.index(after: mark)...]
        let words = rest.split(separator: " ")
        // `# CONFIG_X is not set` is a comment; `#define` and `#14 SMP` are not commands.
        if host.isEmpty, text[mark] == "#", rest.first.map({ $0 != " " }) ?? true || words.first?.hasPrefix("CONFIG_") == true { return nil }
        guard host.isEmpty || Self.isHost(host) || text[mark] == ">" && host.contains(":\\") else { return nil }
        guard rest.isEmpty || rest.first == " " || text[mark] == ">" else { return nil }
        if let first = words.first {
            guard first.first?.isLetter == true || first.hasPrefix("/") || first.hasPrefix("./") else { return nil }
        } else if host.isEmpty, text[mark] != "$" {
            return nil
        }
        command = words.joined(separator: " ")
        view = Self.view(of: host, command: command)
    }

    /// `user@vm:~`, `[root@vm ~]`, `pod`, `/ `, `~/work `.
    private static func isHost(_ host: Substring) -> Bool {
        let trimmed = host.drop(while: \.isWhitespace)
        if trimmed.hasPrefix("/") || trimmed.hasPrefix("~") { return true }
        if host.contains("@") { return !host.contains(", ") }
        return !trimmed.contains(" ") && trimmed.utf8.count <= 40 && trimmed.allSatisfy { $0.isLetter || $0.isNumber || "-_.:~/".contains($0) }
            && trimmed.first?.isLetter == true
    }

    private static func view(of host: Substring, command: String) -> Scope.View {
        // These look out of a container at the machine.
        if command.hasPrefix("nsenter ") || command.hasPrefix("sudo nsenter ") || command.contains(" nsenter -t 1") || command.contains("chroot /host") {
            return .machine
        }
        let words = [
            "oc exec", "oc rsh", "lxc exec", "kubectl exec", "docker exec", "podman exec", "crictl exec", "nerdctl exec", "docker run",
            "podman run", "nerdctl run", "ctr run", "docker compose exec",
            "kubectl debug", "kubectl run",
        ]
        if words.contains(where: { command.contains($0) }) { return .container }
        if command.contains("azure-proxy-agent)"), command.contains("pidof ") || command.contains("pgrep ") { return .agent }
        let lowered = host.lowercased()
        if lowered.hasPrefix("pod") || lowered.contains("container") || lowered.contains("@pod") { return .container }
        // Docker names containers by twelve hexadecimal digits, and BusyBox has no host in its prompt.
        let name = lowered.split(separator: "@").last?.prefix { $0.isHexDigit } ?? ""
        if host.contains("@"), name.count == 12, name.contains(where: \.isNumber) { return .container }
        if isPod(lowered.split(separator: "@").last?.prefix { $0 != ":" && $0 != " " && $0 != "]" } ?? "") { return .container }
        return host.trimmingPrefix(while: \.isWhitespace).hasPrefix("/ ") ? .container : .machine
    }

    /// `web-6f7d9c8b5-x2x1z`: a deployment's pods end in two words of Kubernetes's own letters.
    private static func isPod(_ name: some StringProtocol) -> Bool {
        let parts = name.split(separator: "-")
        guard parts.count >= 3, let last = parts.last, last.count == 5, let hash = parts.dropLast().last, (8...10).contains(hash.count) else { return false }
        return [last, hash].allSatisfy { part in part.contains(where: \.isNumber) && part.allSatisfy { $0.isNumber || $0.isLowercase } }
    }
}
