import Diagnosis
import Foundation
import Guidance
import TestSupport

/// What people send: the article's own examples, and statuses made like upstream's.
enum Field {
    /// A file of the article's examples, as it stands there.
    static func article(_ name: String) throws -> String {
        guard let url = Bundle.module.url(forResource: "Field/\(name)", withExtension: "txt") else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOf: url, encoding: .utf8)
    }

    /// The members of a small archive. tar(1) unpacks it, for the test needs no reader of its own.
    static func archive(_ url: URL) throws -> [BundleFile] {
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = temporary.url
        let tar = Process()
        tar.executableURL = URL(filePath: "/bin/tar")
        tar.arguments = ["-xzf", url.path, "-C", folder.path]
        try tar.run()
        tar.waitUntilExit()
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            BundleFile(name: $0, bytes: Array(try Data(contentsOf: folder.appending(path: $0))))
        }
    }

    static func file(_ name: String, _ text: String) -> BundleFile { BundleFile(name: name, bytes: Array(text.utf8)) }

    static func diagnose(_ files: (String, String)...) -> Diagnosis { Diagnosis(files.map { file($0.0, $0.1) }) }

    /// A whole `status.json` in upstream's schema.
    static func status(
        overall: String = "SUCCESS", key: String = "Found key details from local and ready to use. - 214",
        state: String = "WireServer Enforce -  IMDS Audit - HostGA Enforce",
        ebpf: (String, String) = ("RUNNING", "Started Redirector with eBPF maps - 96"),
        listener: (String, String) = ("RUNNING", "Started proxy listener, ready to accept request - 3"),
        timestamp: String = "2026-08-03T09:14:27.52", folder: String = "/var/log/azure-proxy-agent/"
    ) throws -> String {
        let document: [String: Any] = [
            "timestamp": timestamp,
            "proxyAgentStatus": [
                "version": "1.0.47", "status": overall,
                "monitorStatus": ["status": "RUNNING", "message": "Aggregate status written to status file: \(folder)status.json"],
                "keyLatchStatus": ["status": "RUNNING", "message": key, "states": ["secureChannelState": state, "imdsRuleId": ""]],
                "ebpfProgramStatus": ["status": ebpf.0, "message": ebpf.1], "proxyListenerStatus": ["status": listener.0, "message": listener.1],
                "proxyConnectionsCount": 58,
            ],
            "proxyConnectionSummary": [], "failedAuthenticateSummary": [],
        ]
        return String(decoding: try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .prettyPrinted]), as: UTF8.self)
    }
}

extension Diagnosis {
    var codes: [String] { conclusions.map(\.guide.code) }

    func conclusion(_ code: String) -> Conclusion? { conclusions.first { $0.guide.code == code } }
}
