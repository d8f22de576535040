import Foundation
import QEMUGuest
import MatrixModel
import Synchronization

/// Decides which guests boot cold and which are restored from a snapshot. A failed restore is a harness failure, and the guest then boots cold.
final class BootPolicy: Sendable {
    /// How one guest starts.
    enum Start: Sendable {
        /// A cold boot; `reason` says why a wanted snapshot is not used.
        case boot(reason: String?)
        case snapshot(Snapshot)
    }

    /// After this many failures in a row a snapshot is not used again in the same run.
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

    /// Chooses how the guest of a plan starts. Creates a missing snapshot, which takes a slot, so the caller must not hold one.
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

    /// Runs a guest with the given start. A failed restore is retried once, because the host may have been overloaded; then the guest boots
    /// cold.
    /// - Throws: What the body throws.
    func run(_ start: Start, _ body: (Start) async throws -> GuestSession) async rethrows -> GuestSession {
        let session = try await body(start)
        guard case .snapshot(let snapshot) = start, !Task.isCancelled else { return session }
        guard let trouble = session.restoreTrouble else {
            failures.withLock { $0[snapshot.key] = nil }
            return session
        }
        // A failed restore says nothing about the kernel.
        if isWorthAnother(snapshot, trouble) { return try await run(start, body) }
        return try await body(.boot(reason: "snapshot restore failed: \(trouble)"))
    }

    /// Whether to retry a failed restore. Deletes the snapshot if it is damaged or has failed too often.
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
        // If it cannot be removed, the next restore finds it damaged or fails again.
        try? store.discard(snapshot)
        return false
    }
}
