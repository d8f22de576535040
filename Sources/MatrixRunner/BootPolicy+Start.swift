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

    /// What a distribution wrote before its snapshot was made.
    var disk: FilePath? { if case .snapshot(let snapshot) = self { snapshot.disk } else { nil } }

    /// Puts the console of the boot that a guest is a copy of where its own goes on.
    func leaveConsole(in folder: FilePath) throws {
        guard case .snapshot(let snapshot) = self else { return }
        let place = folder.appending(snapshot.console.lastComponent ?? "console.log")
        try Data(contentsOf: URL(filePath: snapshot.console.string)).write(to: URL(filePath: place.string))
    }
}

extension BootPlan {
    /// A guest that is brought back says hello within a fraction of a second; one that has not by then is not coming.
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
