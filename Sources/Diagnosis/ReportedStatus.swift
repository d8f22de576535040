/// What an agent said of itself, as far as its `status.json` can be read: Linux's or Windows's, whole, cut off or broken.
public struct ReportedStatus: Hashable, Sendable {
    public enum Module: String, CaseIterable, Hashable, Sendable {
        case keyLatch = "keyLatchStatus"
        case ebpfProgram = "ebpfProgramStatus"
        case proxyListener = "proxyListenerStatus"
    }

    public struct Report: Hashable, Sendable {
        /// Nil where only the message is left.
        public let status: String?
        public let message: String?
        /// Whether the message is truncated: the agent keeps its first kilobyte, and files may be truncated too.
        public let isCut: Bool

        public var isRunning: Bool { status == "RUNNING" }
    }

    /// The file it was read from.
    public let file: String
    public let isWhole: Bool
    public let timestamp: String?
    public let version: String?
    /// `SUCCESS`, `ERROR`; nil where it is not there.
    public let overall: String?
    public let modules: [Module: Report]
    public let secureChannelState: String?
    public let keyGuid: String?
    public let isWindows: Bool

    /// The names by which a status is known.
    static let parts = ["proxyAgentStatus"] + Module.allCases.map(\.rawValue)

    /// As keys of a document, and as keys of one that is text within another.
    private static let markers = parts.flatMap { ["\"\($0)\"", "\"\($0)\\\""] }

    /// Nil for text without any part of a status.
    init?(_ text: String, file: String) {
        guard let marker = Self.markers.compactMap({ text.firstRange(of: $0)?.lowerBound }).min() else { return nil }
        let start = text[..<marker].firstIndex(of: "{") ?? marker
        var json = SalvagedJSON(text[start...])
        // The extension's own status carries the agent's as text within its JSON.
        if json.value([Module.keyLatch.rawValue, "status"]) == nil,
            let inner = json.values.first(where: { $0.text.contains("\"\(Module.keyLatch.rawValue)\"") })
        {
            json = SalvagedJSON(inner.text)
        }
        var modules: [Module: Report] = [:]
        for module in Module.allCases {
            let message = json.value([module.rawValue, "message"])
            let status = json.text(module.rawValue, "status")
            guard status != nil || message != nil else { continue }
            modules[module] = Report(status: status, message: message?.text, isCut: message.map { $0.isCut || $0.text.hasSuffix("...") } ?? true)
        }
        guard !modules.isEmpty || json.value(["proxyAgentStatus", "status"]) != nil else { return nil }
        self.file = file
        self.modules = modules
        isWhole = json.isWhole && modules.count == Module.allCases.count
        timestamp = json.text("timestamp")
        version = json.text("proxyAgentStatus", "version") ?? json.values.first { $0.path == ["version"] }?.text
        overall = json.text("proxyAgentStatus", "status") ?? json.values.first { $0.path == ["status"] }?.text
        let states = Module.keyLatch.rawValue
        secureChannelState = json.text(states, "states", "secureChannelState")
        keyGuid = json.text(states, "states", "keyGuid")
        isWindows = text.contains("WindowsAzure\\") || text.contains("WindowsAzure\\\\")
    }

    public subscript(module: Module) -> Report? { modules[module] }

    /// Everything that can be read says that it is well.
    public var saysWell: Bool { overall == "SUCCESS" && Module.allCases.allSatisfy { modules[$0]?.isRunning == true } }
}
