import ArgumentParser
import Dispatch
import Glibc

/// Runs work that SIGINT and SIGTERM cancel. Everything it started is torn down before the process ends.
enum InterruptibleWork {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await work() }
        let signals = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                StandardError.line(task.isCancelled ? "still stopping…" : "\nstopping: ending the guests; finished cells are kept…")
                task.cancel()
            }
            source.resume()
            return source
        }
        defer { for source in signals { source.cancel() } }
        do {
            return try await task.value
        } catch is CancellationError {
            throw ExitCodes.interrupted
        }
    }
}
