import Foundation
import MatrixModel
import Synchronization
import SystemPackage

/// The requests to the platform as they were received: one line per request, written before the answer is sent.
final class FabricJournal: Sendable {
    private struct State {
        var requests: [FabricRequest] = []
        var isWhole = true
        var descriptor: SystemPackage.FileDescriptor?
        let encoder = {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return encoder
        }()
    }

    private let state: Mutex<State>
    private let start = ContinuousClock.now

    init(path: FilePath) throws {
        do {
            let descriptor = try SystemPackage.FileDescriptor.open(
                path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
            state = Mutex(State(descriptor: descriptor))
        } catch {
            throw FabricError(.journal, subject: path.string, detail: "\(error)")
        }
    }

    /// Records a request with the next number and the elapsed time.
    func record(_ make: (_ sequence: Int, _ seconds: Double) -> FabricRequest) {
        let elapsed = (ContinuousClock.now - start).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        state.withLock { state in
            guard state.requests.count < FabricLimits.requests, let descriptor = state.descriptor else {
                state.isWhole = false
                return
            }
            let request = make(state.requests.count, (seconds * 1000).rounded() / 1000)
            state.requests.append(request)
            do {
                var line = try state.encoder.encode(request)
                line.append(UInt8(ascii: "\n"))
                try line.withUnsafeBytes { _ = try descriptor.writeAll($0) }
            } catch {
                state.isWhole = false
            }
        }
    }

    /// Closes the file; returns the requests, or nil when one could not be written.
    func close() -> [FabricRequest]? {
        state.withLock { state in
            guard let descriptor = state.descriptor else { return nil }
            state.descriptor = nil
            // fsync reports that the disk is full; close does not.
            if fsync(descriptor.rawValue) != 0 { state.isWhole = false }
            try? descriptor.close()
            return state.isWhole ? state.requests : nil
        }
    }
}
