import ArgumentParser
import Diagnosis
import Guidance
import SupportBundles
import SystemPackage

/// `kmatrix diagnose`: what is wrong with a machine, from what its owner sent.
struct DiagnoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Say what is wrong with a machine, from its status.json, logs or pasted output.",
        discussion: """
            PATH is a status.json (of Linux or Windows; whole, cut off or broken), a cell's \
            evidence folder, or a log bundle: a folder, .zip, .tar, .tar.gz, .tar.xz or \
            .tar.zst. It may hold what was typed and printed as well: systemctl status, \
            uname -r, grep cgroup /proc/filesystems, mount | grep cgroup2, sc query. \
            Nothing is unpacked onto the disk, and no key is looked at.

            EXAMPLES
              kmatrix diagnose /var/log/azure-proxy-agent/status.json
              kmatrix diagnose customer-logs.zip
              xclip -o | kmatrix diagnose -
              kmatrix diagnose bundle.tar.gz --family ubuntu --format json
              kmatrix explain attach-failed/no-cgroup2    more about a cause

            EXIT CODES
              0  the status says SUCCESS, and nothing speaks against it
              1  at least one cause was found
              2  the command line is wrong, or PATH cannot be read
              3  what was sent proves nothing; what to ask for is printed
            """)

    @Argument(help: ArgumentHelp("A file, a folder, or - for standard input.", valueName: "path"))
    var path: String

    @Option(help: "Spell the remedies for this family: \(DistributionFamily.allCases.map(\.rawValue).joined(separator: ", ")) (default: what os-release says).", transform: DistributionFamily.named)
    var family: DistributionFamily?

    @Option(help: "How to print: table, json, or jsonl (a line per cause).")
    var format: OutputFormat = .table

    func run() async throws {
        let path = path
        let contents = try await InterruptibleWork.run {
            path == "-" ? try await BundleReader().readStandardInput() : try await BundleReader().read(FilePath(path))
        }
        let diagnosis = Diagnosis(contents.files)
        let encoded = EncodedDiagnosis(diagnosis, warnings: contents.warnings, family: family ?? diagnosis.family)
        switch format {
        case .json: try StandardOutput.writeJSON(encoded)
        case .jsonl: for cause in encoded.causes { try StandardOutput.writeJSON(cause, isCompact: true) }
        case .table: StandardOutput.write(DiagnosisText.render(encoded, isFamilyKnown: family != nil || diagnosis.facts.family != nil))
        }
        throw ExitCodes.code(for: diagnosis.outcome)
    }
}

extension DistributionFamily {
    /// What is typed after `--family`.
    static func named(_ text: String) throws -> DistributionFamily {
        guard let family = DistributionFamily(rawValue: text) else {
            throw ValidationError("'\(text)' is no family of distributions; there are \(allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return family
    }
}

extension ExitCodes {
    static func code(for outcome: Diagnosis.Outcome) -> ExitCode {
        switch outcome {
        case .healthy: asExpected
        case .trouble: againstExpectation
        case .undetermined: notProven
        }
    }
}
