import ArgumentParser
import Foundation
import SupportBundles
import SystemPackage

/// `kmatrix collect`: gathers on a live machine what a diagnosis needs.
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Gather on this machine what a diagnosis needs, and change nothing.",
        discussion: """
            Gathers the agent's status and logs (their last 2 MiB each), its unit's state and \
            journal, kernel, distribution, cgroup mounts and file systems, and cloud-init's \
            version and log. Never a key: /var/lib/azure-proxy-agent is not looked into. \
            Logs are for root; as another user the bundle says what is missing.

            EXAMPLES
              sudo kmatrix collect
              sudo kmatrix collect --out machine.tar
              kmatrix diagnose machine.tar

            EXIT CODES
              0  the bundle is written
              2  it cannot be written
            """)

    @Option(help: ArgumentHelp("The bundle's file (default: kmatrix-collect-TIME.tar in this folder).", valueName: "file"))
    var out: String?

    @Option(help: "How to print what was gathered: table, json, or jsonl.")
    var format: OutputFormat = .table

    func run() async throws {
        let now = Date().formatted(.iso8601)
        let path = FilePath(out ?? "kmatrix-collect-\(now.replacing(":", with: "").replacing("-", with: "")).tar")
        let outcome = try await InterruptibleWork.run {
            try await Collector { try await LiveMachine.ask($0) }.gather(time: now, version: KmatrixVersion.current)
        }
        try LiveMachine.write(outcome.archive, to: path)
        let encoded = EncodedCollection(bundle: path.string, bytes: outcome.archive.count, files: outcome.names, missing: outcome.missing)
        switch format {
        case .json: try StandardOutput.writeJSON(encoded)
        case .jsonl: try StandardOutput.writeJSON(encoded, isCompact: true)
        case .table:
            for name in outcome.missing { StandardError.line("not gathered: \(name)") }
            StandardOutput.write("\(path.string): \(outcome.names.count) files, \(outcome.archive.count) bytes; kmatrix diagnose reads it\n")
        }
    }
}

private struct EncodedCollection: Encodable {
    let bundle: String
    let bytes: Int
    let files: [String]
    let missing: [String]
}
