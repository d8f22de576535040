import Glibc
import GuestProtocol

/// Asks the simulated platform, whose sockets lie where the emulator works, as a client's request arrives there when no agent is in between.
enum PlatformClient {
    /// Returns the answer's status code; nil when there is no platform or no answer.
    static func ask(for client: ClientSpec) -> Int32? {
        let name = client.address == [169, 254, 169, 254] ? "sockets/imds.sock" : client.port == 80 ? "sockets/wireserver.sock" : "sockets/hostga.sock"
        guard let socket = UnixSocket.connect(name) else { return nil }
        defer { close(socket) }
        guard UnixSocket.write(client.bytes, to: socket) else { return nil }
        var answer: [UInt8] = []
        while answer.count < 1 << 20 {
            let bytes = UnixSocket.read(from: socket)
            if bytes.isEmpty { break }
            answer.append(contentsOf: bytes)
        }
        return String(decoding: answer.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int32($0) }
    }
}
