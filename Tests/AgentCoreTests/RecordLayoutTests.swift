import CAgentABI
import Testing

@testable import AgentCore

@Suite("Kernel-to-user records")
struct RecordLayoutTests {
    static func bytes<Record>(_ record: Record) -> [UInt8] { withUnsafeBytes(of: record) { Array($0) } }

    @Suite("of the native ABI")
    struct Native {
        @Test("have the sizes the header promises")
        func sizes() {
            #expect(MemoryLayout<gpa_endpoint>.size == 8)
            #expect(MemoryLayout<gpa_config>.size == 16)
            #expect(MemoryLayout<gpa_record>.size == 48)
            #expect(MemoryLayout<gpa_audit_key>.size == 8)
        }

        @Test("keep every field where the kernel writes it")
        func offsets() {
            #expect(MemoryLayout<gpa_record>.offset(of: \.tgid) == 16)
            #expect(MemoryLayout<gpa_record>.offset(of: \.uid) == 20)
            #expect(MemoryLayout<gpa_record>.offset(of: \.address) == 28)
            #expect(MemoryLayout<gpa_record>.offset(of: \.port) == 32)
            #expect(MemoryLayout<gpa_record>.offset(of: \.to_address) == 36)
            #expect(MemoryLayout<gpa_config>.offset(of: \.agent_tgid) == 8)
        }

        @Test("an endpoint lies in memory as in a packet")
        func endpoint() {
            #expect(RecordLayoutTests.bytes(NativeMaps.encoded(.wireServer)) == [0xa8, 0x3f, 0x81, 0x10, 0x00, 0x50, 0x06, 0x00])
        }

        @Test("a record becomes an entry with the user's id, not the group's")
        func entry() {
            var record = gpa_record()
            record.address = Endpoint.instanceMetadata.address.networkOrder
            record.port = UInt16(80).bigEndian
            record.tgid = 77
            record.uid = 1234
            record.gid = 0
            let expected = AuditEntry(destination: .instanceMetadata, processID: 77, userID: 1234, isRoot: false)
            #expect(NativeMaps.entry(record) == expected)
        }

        @Test("the counters are numbered alike on both sides")
        func counters() {
            #expect(RedirectionCounter.allCases.count == Int(GPA_COUNTERS.rawValue))
            #expect(RedirectionCounter.foreignNamespace.rawValue == Int(GPA_FOREIGN_NETNS.rawValue))
            #expect(RedirectionCounter.auditFailed.rawValue == Int(GPA_AUDIT_FAILED.rawValue))
        }
    }

    @Suite("of Azure's own agent")
    struct Upstream {
        @Test("have its sizes")
        func sizes() {
            #expect(MemoryLayout<upstream_destination>.size == 24)
            #expect(MemoryLayout<upstream_audit_key>.size == 8)
            #expect(MemoryLayout<upstream_audit_event>.size == 20)
            #expect(MemoryLayout<upstream_local_entry>.size == 24)
        }

        @Test("168.63.129.16:80 is the documented 24 bytes")
        func destination() {
            let zeros = [UInt8](repeating: 0, count: 12)
            #expect(
                RecordLayoutTests.bytes(UpstreamMaps.encoded(.wireServer))
                    == [0xa8, 0x3f, 0x81, 0x10] + zeros + [0x00, 0x50, 0, 0, 6, 0, 0, 0])
            #expect(
                RecordLayoutTests.bytes(UpstreamMaps.encoded(.proxy))
                    == [0x7f, 0, 0, 1] + zeros + [0x0c, 0x08, 0, 0, 6, 0, 0, 0])
        }

        @Test("an audit event of 20 documented bytes is read")
        func event() {
            let bytes: [UInt8] = [0xe9, 3, 0, 0, 0x39, 5, 0, 0, 0, 0, 0, 0, 0xa8, 0x3f, 0x81, 0x10, 0x7f, 0x0e, 0, 0]
            let event = bytes.withUnsafeBytes { $0.loadUnaligned(as: upstream_audit_event.self) }
            let expected = AuditEntry(destination: .hostGAPlugin, processID: 1337, userID: 1001, isRoot: false)
            #expect(UpstreamMaps.entry(event) == expected)
        }
    }
}
