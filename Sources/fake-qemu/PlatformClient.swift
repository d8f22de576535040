import Glibc
import GuestProtocol

/// Asks the simulated platform, whose sockets lie where the emulator works, as a client's request would arrive there.
enum PlatformClient {
    /// Returns the answer's status code; nil when there is no platform or no answer.
    static func ask(for client: ClientSpec, throughAgent: Bool) -> Int32? {
        guard let socket = UnixSocket.connect(client.address == [169, 254, 169, 254] ? "imds.sock" : "wireserver.sock") else { return nil }
        defer { close(socket) }
        let claims = throughAgent ? "x-ms-azure-host-claims: { \"isRoot\": \"\(client.user == 0)\"}\r\n" : ""
        let request =
            "GET \(client.path) HTTP/1.1\r\nHost: platform\r\nMetadata: true\r\nConnection: close\r\n\(ClientSpec.nameHeader): \(client.name)\r\n"
            + claims + "\r\n"
        guard UnixSocket.write(Array(request.utf8), to: socket) else { return nil }
        var answer: [UInt8] = []
        while answer.count < 1 << 20 {
            let bytes = UnixSocket.read(from: socket)
            if bytes.isEmpty { break }
            answer.append(contentsOf: bytes)
        }
        return String(decoding: answer.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ").dropFirst().first.flatMap { Int32($0) }
    }
}
