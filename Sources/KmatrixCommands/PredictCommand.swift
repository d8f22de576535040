import ArgumentParser
import BPFObjects
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix predict`: on which kernels a program will load, from its object alone.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Say from a compiled BPF object alone which kernels will load it, and why.",
        discussion: """
            Reads program types, helpers, kernel functions, maps, instructions and type \
            relocations, and looks up since when mainline has each. Boots and fetches \
            nothing. Distributions port features back, so a kernel may know more than its \
            number says; --run puts what a run showed beside the prediction.

            EXAMPLES
              kmatrix predict .build/products/bpf/connect4.bpf.o
              kmatrix predict loop-lookup --series 5.10 --series 6.1
              kmatrix predict loop-lookup --run runs/nightly --format json

            EXIT CODES
              0  predicted, and no run says otherwise
              1  a run showed something else than is predicted
              2  the command line is wrong, or the object cannot be read
              3  the object uses something that is not known here
            """)

    @Argument(help: ArgumentHelp("A .bpf.o file, or the name of a program that was built, as for run --bpf.", valueName: "object"))
    var object: String

    @Option(help: ArgumentHelp("A kernel series such as 6.1. May be repeated (default: those that distributions of the catalogue keep to).", valueName: "series"))
    var series: [String] = []

    @Option(name: .customLong("run"), help: ArgumentHelp("The folder of a run to compare with.", valueName: "folder"))
    var comparedRun: String?

    @Option(help: "How to print: table, json, or jsonl (a line per series).")
    var format: OutputFormat = .table

    func run() throws {
        let path = try file()
        guard let bytes = FileManager.default.contents(atPath: path.string) else { throw ValidationError("'\(path)' cannot be read") }
        let program: BPFObject
        do { program = try BPFObject(Array(bytes)) } catch { throw ValidationError("'\(path)': \(error)") }
        let name = path.stem.map { $0.hasSuffix(".bpf") ? String($0.dropLast(4)) : $0 } ?? path.string
        let observed = try observations(of: name)
        let chosen = try chosenSeries()
        let predictions = chosen.map { Prediction(series: $0, missing: program.missing(in: $0), observed: observed[$0] ?? []) }
        let encoded = EncodedPrediction(name: name, program, predictions)
        switch format {
        case .json: try StandardOutput.writeJSON(encoded)
        case .jsonl: for kernel in encoded.kernels { try StandardOutput.writeJSON(kernel, isCompact: true) }
        case .table: StandardOutput.write(encoded.text)
        }
        if predictions.contains(where: \.isContradicted) { throw ExitCodes.againstExpectation }
        if program.floor == nil { throw ExitCodes.notProven }
    }

    private func file() throws -> FilePath {
        if object.contains("/") || object.hasSuffix(".o") { return FilePath(object) }
        return try Products(folder: RunPreparation.productsFolder()).program(object).object
    }

    private func chosenSeries() throws -> [KernelSeries] {
        if !series.isEmpty { return Array(Set(try series.map { try KernelSeries(parsing: $0) })).sorted() }
        // An object of one's own can be looked at where nothing was built.
        let kept = (try? DistributionCatalogue.built())?.distributions.compactMap(\.kernel.series) ?? []
        return Array(Set(kept + [Expectation.documentedFloor])).sorted()
    }

    /// What the cells of a run with this program showed, by series. A cell that cannot be read is no observation.
    private func observations(of name: String) throws -> [KernelSeries: [ProgramFate]] {
        guard let comparedRun else { return [:] }
        let cells = FilePath(comparedRun).appending("cells")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: cells.string) else { throw ValidationError("'\(comparedRun)' is no folder of a run: it has no cells") }
        var found: [KernelSeries: [ProgramFate]] = [:]
        for cell in names.sorted() {
            let file = CellFolder(path: cells.appending(cell)).file(.verdict)
            guard let bytes = FileManager.default.contents(atPath: file.string), let record = try? JSONDecoder().decode(CellRecord.self, from: bytes),
                (record.bpf ?? "connect4") == name, record.agent == nil, let series = record.series.flatMap({ try? KernelSeries(parsing: $0) }),
                let fate = ProgramFate(verdict: record.verdict, cause: record.cause)
            else { continue }
            found[series, default: []].append(fate)
        }
        return found
    }
}
