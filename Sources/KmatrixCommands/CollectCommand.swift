import ArgumentParser
import Foundation
import SupportBundles
import SystemPackage

/// `kmatrix collect`: collects on a live machine what a diagnosis needs.
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Collect logs and facts of this machine for diagnose",
        discussion: """
            Collects the agent's status and logs (last 2 MiB each), its unit's state and
            journal, kernel, distribution, cgroup mounts, file systems, and cloud-init's
            version and log. Only reads; never reads keys. Logs need root; without root
            the bundle lists what is missing.

            EXAMPLES
              sudo kmatrix collect
              sudo kmatrix collect --out machine.tar
              kmatrix diagnose machine.tar

            EXIT CODES
              0  the bundle was written
              2  the bundle cannot be written
            """)

    @Option(help: ArgumentHelp("Bundle file (default: kmatrix-collect-TIME.tar here)", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Output", valueName: "format"))
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
            for name in outcome.missing { StandardError.line("not collected: \(name)") }
            StandardOutput.write("\(path.string): \(outcome.names.count) files, \(outcome.archive.count) bytes; next: kmatrix diagnose \(path.string)\n")
        }
    }
}

private struct EncodedCollection: Encodable {
    let bundle: String
    let bytes: Int
    let files: [String]
    let missing: [String]
}
