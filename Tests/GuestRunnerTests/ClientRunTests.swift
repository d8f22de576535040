import CGuestSystem
import Glibc
import GuestProtocol
import SystemPackage
import TestSupport
import Testing

@testable import GuestRunner

/// The port a socket is bound to; nil for none.
private func ownPort(_ socket: Int32) -> UInt16? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let outcome = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
    }
    return outcome == 0 ? UInt16(bigEndian: address.sin_port) : nil
}

/// A listener on a loopback port of its own that answers each connection with given bytes, or not at all.
private final class Answerer: @unchecked Sendable {
    let port: UInt16
    private let socket: Int32
    private var thread = pthread_t()
    private let answer: [UInt8]

    init(_ answer: String) throws {
        self.answer = Array(answer.utf8)
        let listening = gs_listen([127, 0, 0, 1], 4, 0)
        socket = listening
        port = try #require(ownPort(listening))
        pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Answerer>.fromOpaque(raw).takeUnretainedValue().serve()
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func serve() {
        while true {
            let client = accept(socket, nil, nil)
            guard client >= 0 else { return }
            var buffer = [UInt8](repeating: 0, count: 4096)
            _ = recv(client, &buffer, buffer.count, 0)
            _ = answer.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            close(client)
        }
    }

    func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        pthread_join(thread, nil)
        close(socket)
    }
}

@Suite("Clients")
struct ClientRunTests {
    private static func spec(_ name: String, port: UInt16, kind: ClientSpec.Kind = .http) -> ClientSpec {
        ClientSpec(name: name, kind: kind, user: 0, address: [127, 0, 0, 1], port: port, request: Array("GET / HTTP/1.1\r\n\r\n".utf8))
    }

    private static func run(_ specs: [ClientSpec], isBurst: Bool = false, deadline: UInt32 = 5_000) -> [ClientReport] {
        var reports: [ClientReport] = []
        ClientRun(task: ClientTask(specs: specs, isBurst: isBurst, deadline: deadline)).carryOut { reports.append($0) }
        return reports
    }

    @Test("report what came, where from and how it ended", arguments: [false, true])
    func answered(isBurst: Bool) throws {
        let server = try Answerer("HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nhello")
        defer { server.stop() }
        let reports = Self.run((0..<40).map { Self.spec("c-\($0)", port: server.port) }, isBurst: isBurst)
        #expect(reports.map(\.name) == (0..<40).map { "c-\($0)" })
        for report in reports {
            #expect(report.httpStatus == 403)
            #expect(report.failure == "")
            #expect(report.peer == "127.0.0.1:\(server.port)")
            #expect(report.body == Array("hello".utf8))
            #expect(report.bodyChecksum == CRC32.checksum(Array("hello".utf8)))
        }
    }

    @Test(
        "say what was wrong with an answer",
        arguments: [
            ("", "without a whole answer"), ("SSH-2.0\r\n\r\n", "not HTTP"), ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "3 of 9 bytes"),
        ])
    func broken(answer: String, words: String) throws {
        let server = try Answerer(answer)
        defer { server.stop() }
        let report = try #require(Self.run([Self.spec("c", port: server.port)]).first)
        #expect(report.failure.contains(words))
    }

    @Test("that get no answer in time say so")
    func late() throws {
        let socket = gs_listen([127, 0, 0, 1], 4, 0)
        try #require(socket >= 0)
        defer { close(socket) }
        let port = try #require(ownPort(socket))
        let report = try #require(Self.run([Self.spec("c", port: port)], deadline: 100).first)
        #expect(report.failure.contains("in time"))
        #expect(report.connectError == nil)
    }

    @Test("that are refused tell the errno, and a connection alone is enough for some")
    func refused() throws {
        let server = try Answerer("")
        let port = server.port
        let connected = try #require(Self.run([Self.spec("c", port: port, kind: .connect)]).first)
        #expect(connected.connectError == nil)
        #expect(connected.httpStatus == nil)
        server.stop()
        let report = try #require(Self.run([Self.spec("c", port: port)]).first)
        #expect(report.connectError == ECONNREFUSED)
    }

    @Test("over UDP keep the peer they asked for")
    func datagram() throws {
        let report = try #require(Self.run([Self.spec("u", port: 9, kind: .datagram)]).first)
        #expect(report.peer == "127.0.0.1:9")
    }

    @Test("connect first and send later")
    func opened() throws {
        let server = try Answerer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        defer { server.stop() }
        let exchange = ClientExchange(Self.spec("early", port: server.port))
        ClientRun.connect([exchange], deadline: Deadline(after: 5_000))
        #expect(exchange.phase == .connected)
        ClientRun.finish([exchange], deadline: Deadline(after: 5_000))
        #expect(exchange.report.httpStatus == 200)
    }
}

@Suite("TCP by hand")
struct RawTCPClientTests {
    private static let spec = ClientSpec(name: "r", kind: .raw, user: 0, address: [169, 254, 169, 254], port: 80)

    @Test("checksums are the internet's")
    func checksum() {
        // The example of RFC 1071 section 3.
        #expect(RawTCPClient.checksum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]) == ~UInt16(0xDDF2))
        let packet = RawTCPClient.segment(Self.spec, flags: 2, sequence: 1000, acknowledged: 0, payload: [1, 2, 3])
        #expect(RawTCPClient.checksum(Array(packet[..<20])) == 0)
        let pseudo = Array(packet[12..<20]) + [0, 6, 0, UInt8(packet.count - 20)]
        #expect(RawTCPClient.checksum(pseudo + packet[20...]) == 0)
    }

    @Test("only whole segments of the peer's own are taken")
    func segments() {
        // The other way round, as the peer would send it.
        var packet = RawTCPClient.segment(Self.spec, flags: 18, sequence: 7, acknowledged: 0, payload: [9])
        packet.replaceSubrange(12..<20, with: Self.spec.address + RawTCPClient.source)
        packet.replaceSubrange(20..<24, with: [0, 80, UInt8(RawTCPClient.sourcePort >> 8), UInt8(RawTCPClient.sourcePort & 255)])
        let segment = RawTCPClient.Segment(packet, from: Self.spec.address, port: 80)
        #expect(segment?.sequence == 7 && segment?.flags == 18 && segment?.payload == [9])
        #expect(RawTCPClient.Segment(packet, from: [1, 2, 3, 4], port: 80) == nil)
        #expect(RawTCPClient.Segment(packet, from: Self.spec.address, port: 81) == nil)
        for length in 0..<packet.count { #expect(RawTCPClient.Segment(Array(packet[..<length]), from: Self.spec.address, port: 80) == nil) }
    }
}

@Suite("Looking into the guest")
struct FileListerTests {
    @Test("lists a tree with modes and sizes, and nothing where nothing is")
    func tree() throws {
        try TemporaryFolder.during { folder in
            try SmallFile.write(Array("abc".utf8), to: "\(folder)/a", mode: 0o600)
            let listing = FileLister.list(folder.string)
            #expect(listing.entries.map(\.path) == [folder.string, "\(folder)/a"])
            #expect(listing.entries.first?.isFolder == true)
            #expect(listing.entries.last?.permissions == 0o600)
            #expect(listing.entries.last?.size == 3)
            #expect(FileLister.list("\(folder)/none").entries.isEmpty)
        }
    }
}
