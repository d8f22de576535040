public import ArgumentParser
import EvidenceStore
import Foundation
public import MatrixReport
import SystemPackage

extension ReportFormat: ExpressibleByArgument {}

/// `kmatrix report`: makes reports from stored runs.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a table, site or other report from run folders",
        discussion: """
            Reports the newest of the runs; the others show what changed. Boots nothing. The
            same folders give the same bytes. Damaged or missing records are warnings.

            FORMATS
              table     for the terminal                markdown  for an issue or a wiki
              html      a static site (needs --out)     json      run and cells, one object
              jsonl     a line per cell                 junit     XML for CI
              kcidb     kernel developers' database     atom      a feed of what changed
              badge     an SVG badge                    plot      SVG of the boot times
              compatibility                             Markdown, support by distribution

            EXAMPLES
              kmatrix report runs/nightly
              kmatrix report runs/nightly runs/yesterday --format html --out site
              kmatrix report runs/nightly --format junit --out results.xml

            EXIT CODES
              0  the report was written
              2  a folder is not a readable run, or --out cannot be written
            """)

    @Argument(help: ArgumentHelp("Run folders", valueName: "run"))
    var runs: [String]

    @Option(help: ArgumentHelp("Format, as above", valueName: "format"))
    var format: ReportFormat = .table

    @Option(help: ArgumentHelp("Output file, or folder for html (default: stdout)", valueName: "path"))
    var out: String?

    @Option(help: ArgumentHelp("Documentation that the site links to (ci/docs)", valueName: "url"))
    var documentation: String?

    func validate() throws {
        if format == .html, out == nil { throw ValidationError("--format html needs a folder; add --out, for example --out site") }
    }

    func run() async throws {
        let here = FilePath(FileManager.default.currentDirectoryPath)
        let stored = try runs.map { try StoredRun(reading: here.pushing(FilePath($0)).lexicallyNormalized()) }
        guard let report = PublishedReport(stored) else { return }
        for trouble in report.troubles { StandardError.line("warning: \(trouble)") }
        let target = out.map { here.pushing(FilePath($0)).lexicallyNormalized() }
        let style: TextStyle = target == nil && StandardOutput.showsColour ? .colour : .plain
        guard let bytes = try report.render(format, style: style) else {
            if let target { try await report.writeSite(to: target, documentation: documentation) }
            return
        }
        if let target { try DurableFile.write(bytes, to: target) } else { StandardOutput.write(bytes) }
    }
}
