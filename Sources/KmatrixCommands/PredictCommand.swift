import ArgumentParser
import Diagnosis
import EvidenceStore
import Foundation
import KernelCatalogue
import MatrixModel
import MatrixPlanning
import MatrixReport
import MatrixRunner
import SystemPackage

/// `kmatrix predict`: predicts from a compiled object on which kernels it loads.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Predict which kernels will load a compiled BPF object",
        discussion: """
            Reads program types, helpers, kernel functions, maps, instructions and CO-RE
            relocations, and looks up the mainline version of each. Boots and fetches nothing.
            Distributions backport features; --run compares with what a run observed.

            EXAMPLES
              kmatrix predict .build/products/bpf/connect4.bpf.o
              kmatrix predict loop-lookup --series 5.10 --series 6.1
              kmatrix predict loop-lookup --run runs/nightly --format json

            EXIT CODES
              0  predicted, and --run agrees
              1  the run contradicts the prediction
              2  the command line is wrong, or the object cannot be read
              3  the object uses an unknown feature
            """)

    @Argument(help: ArgumentHelp(".bpf.o file, or program name as for run --bpf", valueName: "object"))
    var object: String

    @Option(help: ArgumentHelp("Kernel series; may be repeated (default: catalogue's)", valueName: "series"))
    var series: [String] = []

    @Option(name: .customLong("run"), help: ArgumentHelp("Run folder to compare with", valueName: "folder"))
    var comparedRun: String?

    @Option(help: ArgumentHelp("Output", valueName: "format"))
    var format: OutputFormat = .table

    func run() throws {
        let path = try file()
        guard let bytes = FileManager.default.contents(atPath: path.string) else { throw ValidationError("cannot read '\(path)'") }
        let program: BPFObject
        do { program = try BPFObject(Array(bytes)) } catch { throw ValidationError("'\(path)': \(error)") }
        let name = path.stem.map { $0.hasSuffix(".bpf") ? String($0.dropLast(4)) : $0 } ?? path.string
        let observed = try observations(of: name)
        let chosen = try chosenSeries()
        let predictions = chosen.map { Prediction(program, series: $0, observed: observed[$0] ?? []) }
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
        // A user's own object can be examined even when no products were built.
        let kept = (try? DistributionCatalogue.built())?.distributions.compactMap(\.kernel.series) ?? []
        return Array(Set(kept + [DocumentedSupport.documentedFloor])).sorted()
    }

    /// Returns what a run's cells with this program showed, by series. Unreadable cells are ignored.
    private func observations(of name: String) throws -> [KernelSeries: [ProgramFate]] {
        guard let comparedRun else { return [:] }
        let cells = FilePath(comparedRun).appending("cells")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: cells.string) else {
            throw ValidationError("'\(comparedRun)' is not a run folder: it contains no cells")
        }
        var found: [KernelSeries: [ProgramFate]] = [:]
        for cell in names.sorted() {
            let file = CellFolder(path: cells.appending(cell)).file(.verdict)
            guard let bytes = FileManager.default.contents(atPath: file.string), let record = try? JSONDecoder().decode(CellRecord.self, from: bytes),
                (record.bpf ?? "connect4") == name, record.agent == nil, let series = record.subject.series,
                let fate = ProgramFate(verdict: record.verdict, cause: record.cause)
            else { continue }
            found[series, default: []].append(fate)
        }
        return found
    }
}
