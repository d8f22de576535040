public import ArgumentParser
import EvidenceStore
import Foundation
public import MatrixReport
import SystemPackage

extension ReportFormat: ExpressibleByArgument {}

/// `kmatrix report`: what stored runs found, for people and for programs.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a table, a site or a file for other programs from stored runs.",
        discussion: """
            Reads run folders and boots nothing. Of several runs the one that started \
            last is reported, and the others tell what changed. The same folders give \
            the same bytes.

            FORMATS
              table     for the terminal                markdown  for an issue or a wiki
              compatibility  support by distribution, as Markdown
              html      a static site (needs --out)     json      run and cells, one object
              jsonl     a line per cell                 junit     XML for CI
              kcidb     kernel developers' database     atom      a feed of what changed
              badge     an SVG badge                    plot      SVG of the boot times

            EXAMPLES
              kmatrix report runs/nightly
              kmatrix report runs/nightly runs/yesterday --format html --out site
              kmatrix report runs/nightly --format junit --out results.xml

            A cell without a record is not-run, one whose record is damaged or edited is \
            inconclusive; both are said on standard error.

            EXIT CODES
              0 the report was made, 2 a folder is no readable run or --out cannot be written
            """)

    @Argument(help: ArgumentHelp("The folders of runs.", valueName: "run"))
    var runs: [String]

    @Option(help: ArgumentHelp("What to make.", valueName: "format"))
    var format: ReportFormat = .table

    @Option(help: ArgumentHelp("Where it goes: a folder for html, a file for the others (default: standard output).", valueName: "path"))
    var out: String?

    func validate() throws {
        if format == .html, out == nil { throw ValidationError("--format html needs --out: the folder of the site, as in --out site") }
    }

    func run() async throws {
        let here = FilePath(FileManager.default.currentDirectoryPath)
        let stored = try runs.map { try StoredRun(reading: here.pushing(FilePath($0)).lexicallyNormalized()) }
        guard let report = PublishedReport(stored, notes: .guidance) else { return }
        for trouble in report.troubles { StandardError.line("warning: \(trouble)") }
        let target = out.map { here.pushing(FilePath($0)).lexicallyNormalized() }
        let style: TextStyle = target == nil && StandardOutput.showsColour ? .colour : .plain
        guard let bytes = try report.render(format, style: style) else {
            if let target { try await report.writeSite(to: target) }
            return
        }
        if let target { try DurableFile.write(bytes, to: target) } else { StandardOutput.write(bytes) }
    }
}
