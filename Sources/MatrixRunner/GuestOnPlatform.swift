import EvidenceStore
import FabricSimulator
import MatrixModel
import QEMUGuest
import SystemPackage

/// Boots a guest next to a simulated platform, which it reaches through sockets of its own.
/// - Parameters:
///   - plan: The guest's folder also receives the platform's journal.
///   - body: As for `withGuest`.
/// - Returns: The guest's outcome, and the platform's requests; nil in place of the requests when the journal is incomplete.
/// - Throws: `GuestError`, `FabricError`, `CancellationError`.
func withGuestOnPlatform<Value: Sendable>(
    _ plan: BootPlan, scenario: Scenario, emulator: Emulator, body: @escaping @Sendable (Guest) async throws -> Value
) async throws -> (outcome: GuestOutcome<Value>, requests: [FabricRequest]?) {
    let sockets = try SocketFolder(for: plan.folder)
    defer { sockets.remove() }
    let journal = plan.folder.appending(EvidenceFile.fabricJournal.rawValue)
    let (outcome, requests) = try await Fabric.serve(in: sockets.path, journal: journal, scenario: scenario) {
        try await withGuest(plan, emulator: emulator, body: body)
    }
    return (outcome, requests)
}
