import TestSupport
import Testing

@testable import QEMUGuest

@Suite("What QEMU's monitor says")
struct MonitorMessageTests {
    static let lines: [(String, MonitorMessage)] = [
        (#"{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}"#, .greeting),
        (#"{"return": {}}"#, .success(status: nil)), (#"{"return": []}"#, .success(status: nil)), (#"{"return": 5}"#, .success(status: nil)),
        (#"{"return": {"status": "completed", "ram": {"total": 532480}}}"#, .success(status: "completed")),
        (#"{"error": {"class": "GenericError", "desc": "no"}}"#, .failure(description: "no")),
        (#"{"error": {}}"#, .failure(description: "no reason given")),
        (#"{"event": "MIGRATION", "data": {"status": "failed"}, "timestamp": {}}"#, .event(name: "MIGRATION", status: "failed")),
        (#"{"event": "STOP"}"#, .event(name: "STOP", status: nil)), (#"{"event": "X", "data": 7}"#, .event(name: "X", status: nil)),
    ]

    @Test("is understood, however it is cut", arguments: [1, 2, 7, 4096])
    func whole(piece: Int) throws {
        let bytes = Array(Self.lines.map { "\($0.0)\r\n" }.joined().utf8)
        var decoder = MonitorDecoder()
        var messages: [MonitorMessage] = []
        for start in stride(from: 0, to: bytes.count, by: piece) { messages += try decoder.decode(bytes[start..<min(start + piece, bytes.count)]) }
        #expect(messages == Self.lines.map(\.1))
    }

    @Test(
        "is refused when it is something else",
        arguments: [
            ("no JSON", MonitorViolation.notAnObject), ("[1]", .notAnObject), ("7", .notAnObject), ("{\"return\": ", .notAnObject), ("{}", .unknown),
            ("{\"QMP\": 1}", .unknown), ("{\"event\": 3}", .unknown), ("\u{0}", .notAnObject),
        ])
    func hostile(line: String, violation: MonitorViolation) {
        var decoder = MonitorDecoder()
        #expect(throws: violation) { try decoder.decode(Array((line + "\n").utf8)) }
    }

    @Test("is not gathered without end")
    func endless() throws {
        var decoder = MonitorDecoder()
        let piece = [UInt8](repeating: UInt8(ascii: "{"), count: MonitorMessage.maximumLine)
        #expect(try decoder.decode(piece).isEmpty)
        #expect(throws: MonitorViolation.lineTooLong) { try decoder.decode(piece.prefix(1)) }
    }

    @Test("is refused when it is damaged, or understood; never anything else", arguments: fuzzSeeds(2))
    func noise(seed: UInt64) {
        let whole = Self.lines.map { "\($0.0)\n" }.joined()
        for bytes in DamagedSamples(of: [whole], seed: seed, count: 200) {
            var decoder = MonitorDecoder()
            guard let messages = try? decoder.decode(bytes) else { continue }
            #expect(messages.count <= bytes.count { $0 == UInt8(ascii: "\n") })
        }
    }

    @Test(
        "is asked in its own words",
        arguments: [
            (MonitorCommand.negotiate, #"{"execute":"qmp_capabilities"}"#), (.quit, #"{"execute":"quit"}"#),
            (.askForMigration, #"{"execute":"query-migrate"}"#),
            (
                .enable(["x-ignore-shared"]),
                #"{"arguments":{"capabilities":[{"capability":"x-ignore-shared","state":true}]},"execute":"migrate-set-capabilities"}"#
            ),
            (.save(socket: "out \"a"), #"{"arguments":{"uri":"unix:out \"a"},"execute":"migrate"}"#),
            (.load(socket: "in \"a"), #"{"arguments":{"uri":"unix:in \"a"},"execute":"migrate-incoming"}"#),
        ])
    func commands(command: MonitorCommand, line: String) {
        #expect(String(decoding: command.line, as: UTF8.self) == line + "\n")
    }
}
