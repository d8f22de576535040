import Dispatch
import MatrixModel
import Synchronization
public import SystemPackage

/// A run as its folder has it, read without trust and checked against everything that can be checked, its seal included.
///
/// A cell whose record is missing is not run; one whose record cannot be read, contradicts itself or is not the one that was sealed is
/// inconclusive: nothing is compatible but what a whole record says and evidence stands behind. So every cell can be shown, whatever
/// became of the folder. Conclusions are drawn from intact runs only.
public struct StoredRun: Sendable {
    public let folder: RunFolder
    /// The run, with every cell that was planned or left a folder, sorted by meaning.
    public let document: RunDocument
    /// The cells that other parts of the same run have, when it is one of several.
    public let elsewhere: [CellRecord]
    /// Everything that is wrong with the folder.
    public let damages: [RunReadingError.Damage]
    /// The ids of cells that were planned or begun and have no verdict: the run was cut short, or goes on.
    public let unfinished: [String]

    /// - Throws: `RunReadingError` when it is not a run at all. What is wrong with one of its cells is not an error: that cell says so.
    public init(reading path: FilePath) throws(RunReadingError) {
        folder = RunFolder(path: path)
        var reader = StoredRunReader(folder: folder)
        let run = try reader.read()
        document = RunDocument(run: run, cells: CellOrder.sorted(Array(reader.records.values)))
        elsewhere = CellOrder.sorted(reader.elsewhere)
        damages = reader.damages
        unfinished = reader.unfinished
    }

    /// - Throws: `RunReadingError` with all that is wrong with the folder. Files that belong to no cell and do no harm are not an error.
    public static func intact(at path: FilePath) throws(RunReadingError) -> StoredRun {
        let run = try StoredRun(reading: path)
        let grave = run.damages.filter { $0.code != .foreign }
        guard grave.isEmpty else { throw RunReadingError(path: path, damages: grave) }
        return run
    }

    /// Reads several intact ones at once, in the order of their paths.
    public static func allIntact(at paths: [FilePath]) -> [Result<StoredRun, RunReadingError>] {
        let results = Mutex<[Int: Result<StoredRun, RunReadingError>]>([:])
        DispatchQueue.concurrentPerform(iterations: paths.count) { index in
            let result = Result { () throws(RunReadingError) in try intact(at: paths[index]) }
            results.withLock { $0[index] = result }
        }
        return results.withLock { found in paths.indices.compactMap { found[$0] } }
    }

    /// What the reader must know of the folder, in words.
    public var troubles: [String] { damages.map(\.description) }

    /// The folder of a cell's evidence; nil when it has none.
    public func evidence(of cell: CellRecord) -> CellFolder? {
        cell.evidence.map { CellFolder(path: FilePath($0)) }
    }

    /// The run for others' eyes: evidence is named by its place inside the run's folder, wherever that stands on this machine.
    public var published: RunDocument {
        var copy = document
        let prefix = folder.path.string + "/"
        for index in copy.cells.indices {
            guard let evidence = copy.cells[index].evidence, evidence.hasPrefix(prefix) else { continue }
            copy.cells[index].evidence = String(evidence.dropFirst(prefix.count))
        }
        return copy
    }
}
