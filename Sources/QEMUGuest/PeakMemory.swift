import Foundation
import Glibc
import Synchronization

/// The most memory a process has had, looked at while it lives: nothing tells it afterwards.
final class PeakMemory: Sendable {
    private struct State {
        var process: pid_t?
        var bytes: Int?
    }

    private let state = Mutex(State())

    /// Nil when it was not read, or the kernel did not tell.
    var bytes: Int? { state.withLock { $0.bytes } }

    func began(_ process: pid_t) { state.withLock { $0.process = process } }

    /// From now on the number may be another process's.
    func ended() { state.withLock { $0.process = nil } }

    func look() {
        state.withLock { state in
            guard let process = state.process, let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return }
            state.bytes = Self.peak(in: status) ?? state.bytes
        }
    }

    /// The peak of the resident set, from a process's `status` (proc_pid_status(5)). A process that is ending has none any more.
    static func peak(in status: String) -> Int? {
        // As bytes: it is looked at ten times a second.
        let line = status.utf8.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "VmHWM:".utf8) }
        return line.flatMap(Substring.init)?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}
