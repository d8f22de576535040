import Foundation
import Testing

@testable import MatrixReport

@Suite("Facts of a guest")
struct GuestFactsTests {
    private func groups(_ json: String) throws -> [String: [String: String]] {
        let values = try JSONDecoder().decode([String: FactValue].self, from: Data(json.utf8))
        let groups = GuestFacts(values).groups
        return Dictionary(uniqueKeysWithValues: groups.map { ($0.title, Dictionary($0.facts, uniquingKeysWith: { one, _ in one })) })
    }

    private func captured() throws -> String {
        let url = try #require(Bundle.module.url(forResource: "Snapshots/facts", withExtension: "json"))
        return try String(contentsOf: url, encoding: .utf8)
    }

    @Test("captured from a real guest are sorted into groups, in words")
    func real() throws {
        let groups = try groups(try captured())
        #expect(Set(groups.keys) == ["Kernel", "eBPF and hardening", "Kernel configuration", "Control groups", "Start", "Uptime at each step"])
        #expect(groups["Kernel"]?["architecture"] == "x86_64")
        let bpf = try #require(groups["eBPF and hardening"])
        #expect(bpf["type information (BTF)"] == "present" && bpf["JIT compiler"] == "on" && bpf["lockdown"] == "none")
        #expect(groups["Kernel configuration"]?["built in"]?.contains("CONFIG_CGROUP_BPF") == true)
        #expect(groups["Control groups"]?["cgroup v2 mounted at"] == "/sys/fs/cgroup")
        #expect(groups.values.allSatisfy { $0.values.allSatisfy { !$0.contains("\t") && !$0.isEmpty } })
    }

    @Test("that no group knows are kept under their own name")
    func unknown() throws {
        let groups = try groups(#"{"later":{"b":[1,true],"a":"x"},"release":"6.1.0","nothing":null}"#)
        #expect(groups["Other"] == ["later": "a: x; b: 1; yes"])
        #expect(groups["Kernel"] == ["release": "6.1.0"])
    }

    @Test("of another type than expected are left out, and never stop the page")
    func wrongTypes() throws {
        let groups = try groups(
            #"{"release":5,"mounts":[1,"no mount",{"a":1}],"controllers":["cpu 1"],"configuration":["y"],"hasBTF":"yes","birth":7,"#
                + #""uptimeMilliseconds":{"hello":"soon"},"lockdown":"[none"}"#
        )
        #expect(groups == ["Control groups": ["cgroup v2 mounted at": "nowhere"], "eBPF and hardening": ["lockdown": "[none"]])
    }

    @Test("without mounts say nothing about mounts", arguments: ["{}", #"{"mounts":null}"#])
    func empty(json: String) throws {
        #expect(try groups(json).isEmpty)
    }
}
