import ArgumentParser
import Diagnosis
import Guidance
import SupportBundles
import SystemPackage

/// `kmatrix diagnose`: finds the cause of a machine's failure in the files its owner sent.
struct DiagnoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Find out what is wrong with a machine in the field",
        discussion: """
            PATH is a status.json (Linux or Windows; also truncated or broken), an evidence
            folder, or a log bundle: a folder, .zip, .tar, .tar.gz, .tar.xz or .tar.zst. It
            may contain pasted output: systemctl status, uname -r, mount, sc query. Nothing is
            unpacked to disk, and keys are not read.

            EXAMPLES
              kmatrix diagnose /var/log/azure-proxy-agent/status.json
              kmatrix diagnose customer-logs.zip
              xclip -o | kmatrix diagnose -
              kmatrix diagnose bundle.tar.gz --family ubuntu --format json

            EXIT CODES
              0  the status is SUCCESS, and nothing contradicts it
              1  at least one cause was found
              2  the command line is wrong, or PATH cannot be read
              3  undetermined; the output lists the files to ask for
            """)

    @Argument(help: ArgumentHelp("File, folder, or - for standard input", valueName: "path"))
    var path: String

    @Option(help: ArgumentHelp("Commands for this family (default: from os-release)", valueName: "family"), transform: DistributionFamily.named)
    var family: DistributionFamily?

    @Option(help: ArgumentHelp("Output", valueName: "format"))
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
    /// Parses the value of `--family`.
    static func named(_ text: String) throws -> DistributionFamily {
        guard let family = DistributionFamily(rawValue: text) else {
            throw ValidationError("unknown family '\(text)'; known are \(allCases.map(\.rawValue).joined(separator: ", "))")
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
