import EvidenceStore
public import FabricSimulator
public import SystemPackage

/// The simulated platform without a guest: `kmatrix platform`.
public enum StandalonePlatform {
    /// Serves a scenario on Unix sockets in a folder until the task is cancelled.
    /// - Throws: `FabricError`, `CancellationError`.
    public static func serve(_ scenario: Scenario, in folder: FilePath, onReady: @Sendable () -> Void) async throws {
        try DurableFile.makeFolder(folder)
        _ = try await Fabric.serve(in: folder, journal: folder.appending(EvidenceFile.fabricJournal.rawValue), scenario: scenario) {
            onReady()
            while true { try await Task.sleep(for: .seconds(3600)) }
        }
    }
}
