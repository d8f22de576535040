import CGuestSystem
import Glibc
import GuestProtocol

/// The one request a client process makes, as the user it is to be made as.
struct ClientRequest {
    let invocation: ClientInvocation
    static let maximumAnswer = 64 * 1024

    /// Becomes the user for good, makes the request and says how it went.
    func carryOut() -> ClientReport {
        // An earlier request of the same process may have seen to it, and only root can.
        let became = geteuid() == 0 ? gs_become(invocation.spec.user, invocation.spec.user) : 0
        guard became == 0 else { return report(since: gs_monotonic_microseconds(), failure: "\(SystemCallError("become user", "\(invocation.spec.user)", code: -became))") }
        let deadline = Deadline(after: UInt64(invocation.deadline))
        let start = gs_monotonic_microseconds()
        let raw = gs_connect(NetworkSetup.networkOrder(invocation.spec.address), invocation.spec.port.bigEndian, deadline.remaining)
        guard raw >= 0 else { return report(since: start, connectError: -raw) }
        let socket = Descriptor(owning: raw)
        let peer = Self.peer(of: raw)
        guard invocation.spec.kind == .http else { return report(since: start, peer: peer) }
        do throws(SystemCallError) {
            try socket.write(Array(invocation.request.utf8))
            return try answer(on: socket, peer: peer, since: start, deadline: deadline)
        } catch {
            return report(since: start, peer: peer, failure: "\(error)")
        }
    }

    private func answer(on socket: borrowing Descriptor, peer: String, since start: UInt64, deadline: Deadline) throws(SystemCallError) -> ClientReport {
        var bytes: [UInt8] = []
        while bytes.count < Self.maximumAnswer {
            let answer: HTTPAnswer?
            do throws(HTTPAnswer.Malformed) {
                answer = try HTTPAnswer(bytes)
            } catch {
                return report(since: start, peer: peer, failure: "the answer is no HTTP")
            }
            if let answer, answer.isComplete(bytes) { return report(since: start, peer: peer, answer: answer) }
            guard try Readiness.wait(for: [socket.raw], timeout: deadline.remaining).isReady(0) else {
                return report(since: start, peer: peer, answer: answer, failure: "the answer did not end within \(invocation.deadline) ms")
            }
            let piece = try socket.read(upTo: min(16 * 1024, Self.maximumAnswer - bytes.count))
            if piece.isEmpty { return ended(answer, received: bytes.count, peer: peer, since: start) }
            bytes += piece
        }
        return report(since: start, peer: peer, answer: try? HTTPAnswer(bytes), failure: "the answer is longer than \(Self.maximumAnswer) bytes")
    }

    private func ended(_ answer: HTTPAnswer?, received: Int, peer: String, since start: UInt64) -> ClientReport {
        guard let answer else { return report(since: start, peer: peer, failure: "the connection was closed without a whole answer (\(received) bytes came)") }
        // Without a declared length the end of the connection is the end of the answer.
        guard let length = answer.contentLength else { return report(since: start, peer: peer, answer: answer) }
        let failure = "the answer ended after \(received - answer.bodyStart) of \(length) bytes"
        return report(since: start, peer: peer, answer: answer, failure: failure)
    }

    private static func peer(of socket: Int32) -> String {
        var (address, port): (UInt32, UInt16) = (0, 0)
        guard gs_peer(socket, &address, &port) == 0 else { return "" }
        let octets = (0..<4).map { "\(UInt8(truncatingIfNeeded: address >> (8 * $0)))" }
        return octets.joined(separator: ".") + ":\(UInt16(bigEndian: port))"
    }

    private func report(
        since start: UInt64, connectError: Int32? = nil, peer: String = "", answer: HTTPAnswer? = nil, failure: String = ""
    ) -> ClientReport {
        ClientReport(
            name: invocation.spec.name, connectError: connectError, peer: peer, httpStatus: answer?.status,
            hasProxyHeader: answer?.hasProxyHeader ?? false, microseconds: gs_monotonic_microseconds() - start, failure: failure)
    }
}
