import Foundation
import QEMUGuest
import MatrixModel
import SystemPackage

extension BootPolicy.Start {
    var startMode: StartMode {
        switch self {
        case .boot(let reason): .cold(reason: reason)
        case .snapshot(let snapshot): .snapshot(key: snapshot.key)
        }
    }

    /// The disk of a distribution as it was when its snapshot was made; nil for a guest that boots.
    var disk: FilePath? { if case .snapshot(let snapshot) = self { snapshot.disk } else { nil } }

    /// Copies the console log of the snapshot's boot into the guest's folder, where the restored guest appends to it.
    func leaveConsole(in folder: FilePath) throws {
        guard case .snapshot(let snapshot) = self else { return }
        let place = folder.appending(snapshot.console.lastComponent ?? "console.log")
        try Data(contentsOf: URL(filePath: snapshot.console.string)).write(to: URL(filePath: place.string))
    }
}

extension BootPlan {
    /// A restored guest says hello within a fraction of a second. When this time has passed, the restore has failed.
    private static let restoreTimeout = Duration.seconds(30)

    mutating func begin(_ start: BootPolicy.Start) {
        if case .snapshot(let snapshot) = start { restore(from: snapshot.files) }
    }

    mutating func restore(from files: SnapshotFiles) {
        start = .restored(files)
        limits.ready = min(limits.ready, Self.restoreTimeout)
        limits.silence = Self.restoreTimeout
    }
}
