import AgentCore
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("The configuration")
struct AgentConfigurationTests {
    func read(_ text: String) throws -> AgentConfiguration {
        try AgentConfiguration(parsing: Array(text.utf8), path: "/etc/azure/proxy-agent.json")
    }

    @Test("the file Azure's packages ship is understood")
    func shipped() throws {
        let configuration = try read(
            """
            {"logFolder": "/var/log/azure-proxy-agent", "eventFolder": "/var/log/azure-proxy-agent/events",
             "latchKeyFolder": "/var/lib/azure-proxy-agent/keys", "monitorIntervalInSeconds": 60, "hostGAPluginSupport": 1,
             "ebpfProgramName": "ebpf_cgroup.o", "cgroupRoot": "/sys/fs/cgroup", "fileLogLevel": "Trace"}
            """)
        #expect(configuration.fileLogLevel == .trace)
        #expect(configuration.statusFile == "/var/log/azure-proxy-agent/status.json")
        #expect(
            configuration.objectCandidates(executableFolder: "/usr/sbin")
                == ["/usr/lib/azure-proxy-agent/ebpf_cgroup.o", "/usr/sbin/ebpf_cgroup.o"])
    }

    @Test("the file our own package ships says what holds without it")
    func own() throws {
        let file = Repository.root.appending(path: "images/agent/proxy-agent.json")
        #expect(try read(String(contentsOf: file, encoding: .utf8)) == AgentConfiguration())
    }

    @Test("the poll and the key folder are what the file says")
    func channel() throws {
        let configuration = try read(#"{"pollKeyStatusIntervalInSeconds": 1, "latchKeyFolder": "/srv/keys"}"#)
        #expect(configuration.pollInterval == 1 && configuration.keyFolder == "/srv/keys")
        #expect(AgentConfiguration().pollInterval == 15 && AgentConfiguration().keyFolder == "/var/lib/azure-proxy-agent/keys")
    }

    @Test("an object given by its path is tried first")
    func object() throws {
        let configuration = try read(#"{"ebpfFileFullPath": "/x/y.o", "ebpfProgramName": "z.o"}"#)
        #expect(configuration.objectCandidates(executableFolder: nil) == ["/x/y.o", "/usr/lib/azure-proxy-agent/z.o"])
    }

    @Test("no log folder means no log files, and the status in its default place")
    func noLogs() throws {
        let configuration = try read(#"{"logFolder": ""}"#)
        #expect(configuration.logFolder == nil)
        #expect(configuration.statusFile == "/var/log/azure-proxy-agent/status.json")
    }

    @Test("the status follows the log folder")
    func follows() throws {
        #expect(try read(#"{"logFolder": "/tmp/x"}"#).statusFile == "/tmp/x/status.json")
    }

    @Test(
        "a bad value is refused by the name of its key",
        arguments: [
            ("logFolder", "7"), ("logFolder", #""relative""#), ("fileLogLevel", #""Loud""#), ("ebpfProgramName", #""../x""#),
            ("ebpfProgramName", #""""#), ("cgroupRoot", #""cg""#), ("ebpfFileFullPath", "[]"), ("latchKeyFolder", #""""#), ("latchKeyFolder", "true"),
            ("pollKeyStatusIntervalInSeconds", "0"), ("pollKeyStatusIntervalInSeconds", "1.5"), ("pollKeyStatusIntervalInSeconds", #""15""#),
            ("monitorIntervalInSeconds", "-1"), ("maxEventFileCount", "[]"), ("fileLogLevelForEvents", #""Loud""#), ("eventFolder", #""here""#),
            ("enableHttpProxyTrace", "1"), ("canonicalRequestMode", #""maybe""#), ("cgroupRoot", #""/a\u0000b""#),
        ])
    func bad(key: String, value: String) {
        #expect { try read("{\"\(key)\": \(value)}") } throws: { error in
            error is ConfigurationError && "\(error)".contains("'\(key)'") && "\(error)".contains("/etc/azure/proxy-agent.json")
        }
    }

    @Test("what is no object is refused", arguments: ["", "[]", "{", "7"])
    func notAnObject(text: String) {
        #expect(throws: ConfigurationError.self) { try read(text) }
    }

    @Test("a missing default file means the defaults, a missing given one is an error")
    func missing() throws {
        let configuration = try AgentConfiguration(contentsOf: "/nonexistent/proxy-agent.json", mayBeMissing: true)
        #expect(configuration == AgentConfiguration())
        #expect(throws: ConfigurationError.self) {
            try AgentConfiguration(contentsOf: "/nonexistent/proxy-agent.json", mayBeMissing: false)
        }
    }
}
