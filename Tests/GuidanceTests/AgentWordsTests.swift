import Foundation
import Guidance
import TestSupport
import Testing

/// Real logs of the upstream agent, and short lines as loaders print them.
@Suite("The words of an agent about its set-up")
struct AgentWordsTests {
    static func log(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Repository.root.appending(path: "Tests/GuidanceTests/Logs/\(name).log")))
    }

    @Test(
        "an attach that fails again and again is one failure with a count, behind the agent's and the journal's prefixes",
        arguments: ["upstream-hybrid", "upstream-legacy-journal"])
    func upstreamFails(name: String) throws {
        let words = AgentWords(try Self.log(name))
        let failure = try #require(words.standing.first { $0.stage == .link })
        #expect(failure.subject == "connect4" && failure.count > 3 && failure.outcome == .failed)
        #expect(failure.line.contains("Failed to attach program 'connect4' with error: `bpf_link_create` failed"))
        #expect(!words.saysProgramsRun)
        // The key was latched in the meantime, and the kprobe was loaded and attached.
        #expect(!words.standing.contains { $0.stage == .key || $0.stage == .load || $0.stage == .listener })
    }

    @Test("an agent that works has nothing against it")
    func upstreamRuns() throws {
        let words = AgentWords(try Self.log("upstream-unified"))
        #expect(words.standing.filter { $0.stage != .key }.isEmpty && words.saysProgramsRun, "\(words.standing)")
    }

    struct Row: Sendable {
        let text: String
        let stage: SetupFailure.Stage
        let outcome: SetupFailure.Outcome
        let subject: String?
        let error: SystemError?

        init(_ text: String, _ stage: SetupFailure.Stage, _ outcome: SetupFailure.Outcome, _ subject: String?, _ error: SystemError?) {
            (self.text, self.stage, self.outcome, self.subject, self.error) = (text, stage, outcome, subject, error)
        }
    }

    @Test(
        "each loader's words name stage, outcome, subject and error",
        arguments: [
            Row("Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: ", .load, .neverVerified, "connect4", nil),
            Row(
                "Failed to load program 'connect4' with error: the BPF_PROG_LOAD syscall failed. Verifier output: back-edge from insn 624 to 570\n", .load,
                .refused, "connect4", nil),
            Row(
                "Failed to load program 'x' with error: the BPF_PROG_LOAD syscall failed. Verifier output: 0: (bf) r6 = r1\n1: (85) call bpf_get_so", .load,
                .cut, "x", nil),
            Row(
                "bpf init failed: bpf Load failed: load program: invalid argument:\n    processed 6780 insns (limit 1000000) max_states_per_insn 7\n", .load,
                .failedAfterwards, nil, .invalid),
            Row("libbpf: prog 'sys_exit': failed to load: -22\n", .load, .failed, "sys_exit", .invalid),
            Row(
                "libbpf: prog 'p': BPF program load failed: Permission denied\nlibbpf: prog 'p': -- BEGIN PROG LOAD LOG --\nR1 !read_ok\nprocessed 1 "
                    + "insns (limit 1000000)\n-- END PROG LOAD LOG --\n",
                .load, .refused, "p", .accessDenied),
            Row(
                "libbpf: Error in bpf_object__probe_loading():Operation not permitted(1). Couldn't load trivial BPF program.\n", .load, .neverVerified, nil,
                .notPermitted),
            Row("libbpf: map 'rb': failed to create: Invalid argument(-22)\n", .map, .failed, "rb", .invalid),
            Row(
                "map events: map create: operation not permitted (MEMLOCK may be too low, consider rlimit.RemoveMemlock)\n", .map, .failed, "events",
                .notPermitted),
            Row("libbpf: prog 'bpf_sockops': failed to attach to cgroup: Bad file descriptor\n", .attach, .failed, "bpf_sockops", .badDescriptor),
            Row("Failed to open cgroup '/sys/fs/cgroup' with error: No such file or directory (os error 2)\n", .attach, .failed, nil, .noEntry),
            Row("Error: `bpf_link_create` failed\n\nCaused by:\n    Bad file descriptor (os error 9)\n", .link, .failed, nil, .badDescriptor),
            Row("failed to create cgroup link: invalid argument\n", .link, .failed, nil, .invalid),
            Row("Failed to bind TcpListener '127.0.0.1:3080': Address already in use (os error 98)\n", .listener, .failed, nil, .addressInUse),
            Row("Failed to acquire key details: Key(KeyResponse(\"acquire\", 403))\n", .key, .failed, nil, nil),
            Row("bpf: Failed to load program: Operation not permitted\n", .load, .neverVerified, nil, .notPermitted),
        ])
    func loaders(row: Row) throws {
        let failure = try #require(AgentWords(row.text).standing.first)
        #expect(failure.stage == row.stage && failure.outcome == row.outcome && failure.subject == row.subject && failure.error == row.error, "\(failure)")
    }

    @Test(
        "no prefix changes what is read",
        arguments: [
            "Feb 17 12:00:00 HOST agent[4443]: ", "2026-02-17T12:00:00+0100 host agent[4443]: ", "app-1  | ", "[pod/agent-x2/agent] ",
            "2025-09-06T07:00:00.000000000Z stderr F ",
            "I0906 07:00:00.000000       1 loader.go:123] ", "    ", "\t", "> ", "agent.log-", "1234-", "[   12.345678] ", "<6>[   12.345678] ",
            "2026-11-28T11:10:29.691 [WARN]    ",
            "[2025-01-01T00:00:00Z ERROR agent] ", "2024-12-03 09:12:07,400 - util.py[DEBUG]: ", "\u{1B}[31m", "Mon Sep  1 12:00:00 2025: [libs]: ",
            "time=\"2025-09-06T07:00:00Z\" level=error ",
        ])
    func prefixes(prefix: String) throws {
        let lines = [
            "libbpf: prog 'p': BPF program load failed: Permission denied", "libbpf: prog 'p': -- BEGIN PROG LOAD LOG --", "0: (85) call bpf_x#4",
            "R1 unbounded memory access", "processed 1 insns", "-- END PROG LOAD LOG --",
        ]
        let plain = try #require(AgentWords(lines.map { $0 + "\n" }.joined()).standing.first)
        let prefixed = try #require(AgentWords(lines.map { prefix + $0 + "\r\n" }.joined()).standing.first)
        #expect(
            prefixed.stage == plain.stage && prefixed.outcome == .refused && prefixed.subject == plain.subject && prefixed.error == plain.error, "\(prefixed)")
    }

    @Test(
        "systemd's probes, other people's prose and what a loader recovers from are no failures",
        arguments: [
            "Mar 26 23:00:00 H systemd[1]: libbpf: prog 'sd_bind4': failed to attach to cgroup: Bad file descriptor",
            "libbpf: prog 'sd_restrictif_e': BPF program load failed: Permission denied",
            "libbpf: Error in bpf_create_map_xattr(x):Invalid argument(-22). Retrying without BTF.", "The program is loaded.", "Nothing failed.", "",
        ])
    func others(text: String) { #expect(AgentWords(text).failures.isEmpty) }

    @Test("a success takes back the failures before it, and none after it")
    func recovered() {
        let failed = "Failed to attach program 'connect4' with error: `bpf_link_create` failed\n"
        let started = "Started Redirector with eBPF maps - 96\n"
        #expect(AgentWords(failed + started).standing.isEmpty)
        #expect(AgentWords(started + failed).standing.count == 1)
        #expect(AgentWords(failed + "tcp_v4_connect program attached with id 7\n").standing.count == 1)
    }

    @Test("noise does not bring it down, and its quotes are bounded")
    func noise() {
        for text in [
            String(repeating: "bpf ", count: 100_000), String(repeating: "Failed to load program '", count: 5_000), "\u{0}\u{1B}[",
            String(repeating: "\\n", count: 50_000),
        ] {
            #expect(AgentWords(text).failures.allSatisfy { $0.line.utf8.count <= 4_000 })
        }
    }

    @Test(
        "errors are read in each spelling",
        arguments: [
            ("(os error 9)", SystemError.badDescriptor), ("errno 524", .notSupportedInKernel), ("failed to load: -22", .invalid),
            ("Invalid argument(-22)", .invalid), ("rejected: Invalid argument (22)!", .invalid),
            ("failed: -EPERM", .notPermitted), ("code -1", .notPermitted), ("load program: permission denied", .accessDenied),
            ("Operation not permitted(1)", .notPermitted),
        ])
    func errors(text: String, error: SystemError) { #expect(SystemError(in: text) == error) }

    @Test(
        "numbers that are none are not taken for errors",
        arguments: ["12: (61) r0 = *(u32 *)(r1 +40)", "processed 22 insns (limit 1000000)", "kernel 6.1.22", "einvalid"])
    func noErrors(text: String) { #expect(SystemError(in: text) == nil) }
}
