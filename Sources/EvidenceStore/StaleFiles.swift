import Foundation
import Glibc
public import SystemPackage

/// What a run that was killed left in its folder and is not evidence: sockets, disks, files half written.
public enum StaleFiles {
    /// The runs' folders in a folder, sorted.
    public static func folders(below parent: FilePath) -> [RunFolder] {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: parent.string)) ?? []).sorted()
        // Nobody but a run locks its folder.
        return names.map { parent.appending($0) }.filter { FileManager.default.fileExists(atPath: $0.appending(RunFolderLock.fileName).string) }.map(
            RunFolder.init)
    }

    /// Takes them away. A cell that has a verdict has none, and a folder in which somebody works is left alone.
    /// - Returns: The bytes that they took; nil when there was nothing.
    /// - Throws: `StoreError`.
    public static func remove(from run: RunFolder) throws(StoreError) -> Int? {
        let lock: RunFolderLock
        do { lock = try RunFolderLock(run.path) } catch {
            if error.errno == .resourceBusy { return nil }
            throw error
        }
        defer { withExtendedLifetime(lock) {} }
        var found = names(in: run.path).filter { $0.hasSuffix(DurableFile.suffix) }.map { run.path.appending($0) }
        let cells = run.path.appending(RunFolder.cellsName)
        for cell in names(in: cells).map({ CellFolder(path: cells.appending($0)) }) where !FileManager.default.fileExists(atPath: cell.file(.verdict).string) {
            found += cell.remains
        }
        if found.isEmpty { return nil }
        var bytes = 0
        for path in found {
            var status = stat()
            if lstat(path.string, &status) == 0 { bytes += Int(status.st_blocks) * 512 }
            do { try FileManager.default.removeItem(atPath: path.string) } catch { throw StoreError(path: path, errno: .ioError) }
        }
        return bytes
    }

    private static func names(in folder: FilePath) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted() }
}

extension CellFolder {
    /// What is in it besides evidence, of this attempt or another.
    var remains: [FilePath] {
        let kept = Set(EvidenceFile.allCases.map(\.rawValue))
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []).sorted()
        return names.filter { !kept.contains($0) && $0.wholeMatch(of: /(attempt|interrupted|disagreeing)-[0-9]{1,4}/) == nil }.map { path.appending($0) }
    }
}
