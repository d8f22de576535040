import Foundation
import QEMUGuest
import MatrixModel
import Synchronization

/// Decides which guests boot and which are brought back from a snapshot. What goes wrong with a snapshot is the harness's trouble: the
/// guest boots then.
final class BootPolicy: Sendable {
    /// How one guest starts.
    enum Start: Sendable {
        /// By a boot; why, where a snapshot was wanted.
        case boot(reason: String?)
        case snapshot(Snapshot)
    }

    /// A snapshot that failed this often in a row is not tried again in its run.
    private static let failureLimit = 2

    private let choice: BootChoice
    private let store: SnapshotStore
    private let events: @Sendable (RunnerEvent) -> Void
    private let failures = Mutex<[String: Int]>([:])

    init(choice: BootChoice, store: SnapshotStore, events: @escaping @Sendable (RunnerEvent) -> Void) {
        self.choice = choice
        self.store = store
        self.events = events
    }

    /// How the guest of a plan starts. Makes the snapshot when there is none, which takes a slot, so the caller must not hold one.
    /// - Parameter isShared: Whether more guests of the run have the same boot.
    /// - Throws: `CancellationError` only.
    func start(of plan: BootPlan, isShared: Bool) async throws -> Start {
        guard choice != .cold else { return .boot(reason: nil) }
        do {
            let key = try store.key(for: plan)
            guard choice == .snapshot || isShared || store.has(plan) else { return .boot(reason: nil) }
            guard failures.withLock({ $0[key, default: 0] }) < Self.failureLimit else {
                return .boot(reason: "its snapshot failed \(Self.failureLimit) times in a row")
            }
            do {
                return .snapshot(try await store.snapshot(for: plan) { [events] in events(.preparing($0)) })
            } catch {
                try Task.checkCancellation()
                failures.withLock { $0[key, default: 0] += 1 }
                throw error
            }
        } catch let error as SnapshotError where error.code == .notForThisGuest {
            return .boot(reason: choice == .snapshot ? "\(error)" : nil)
        } catch {
            if error is CancellationError { throw error }
            events(.warning("\(error)"))
            return .boot(reason: "\(error)")
        }
    }

    /// Runs a guest that starts in a certain way. One that does not come back from its snapshot is brought back once more, for the
    /// machine may have had too much to do, and boots then.
    /// - Throws: What the body throws.
    func run(_ start: Start, _ body: (Start) async throws -> GuestSession) async rethrows -> GuestSession {
        let session = try await body(start)
        guard case .snapshot(let snapshot) = start, !Task.isCancelled else { return session }
        guard let trouble = session.restoreTrouble else {
            failures.withLock { $0[snapshot.key] = nil }
            return session
        }
        // Nothing was learnt of the kernel.
        if isWorthAnother(snapshot, trouble) { return try await run(start, body) }
        return try await body(.boot(reason: "snapshot restore failed: \(trouble)"))
    }

    /// Whether a guest that did not come back from a snapshot may the next time. A snapshot of which that is not expected is thrown away.
    private func isWorthAnother(_ snapshot: Snapshot, _ trouble: String) -> Bool {
        let count = failures.withLock { failures in
            failures[snapshot.key, default: 0] += 1
            return failures[snapshot.key, default: 0]
        }
        if count < Self.failureLimit, store.isWhole(snapshot) {
            events(.warning("retrying the restore of snapshot \(snapshot.key.prefix(12)): \(trouble)"))
            return true
        }
        events(.warning("deleted snapshot \(snapshot.key.prefix(12)): \(trouble)"))
        // One that cannot be removed is found damaged again, or fails again.
        try? store.discard(snapshot)
        return false
    }
}
