import Archives
import Diagnosis
import Foundation
public import SystemPackage

/// Gathers on a live machine what a diagnosis needs. It only reads, and it never reads a key.
public struct Collector: Sendable {
    /// A program and what its output is called in the bundle.
    public struct Question: Hashable, Sendable {
        public let name: String
        public let command: [String]
        /// A line is kept if it contains one of these; empty for every line. Kernel logs have more than a diagnosis needs.
        public let keeping: [String]

        init(name: String, command: [String], keeping: [String] = []) {
            self.name = name
            self.command = command
            self.keeping = keeping
        }

        func kept(_ answer: [UInt8]) -> [UInt8] {
            guard !keeping.isEmpty else { return answer }
            let lines = String(decoding: answer, as: UTF8.self).split(separator: "\n").filter { line in keeping.contains { line.contains($0) } }
            return Array(lines.map { $0 + "\n" }.joined().utf8)
        }
    }

    /// The result of a gathering.
    public struct Outcome: Sendable {
        public let archive: [UInt8]
        /// The names of what is in it.
        public let names: [String]
        /// What was not available, in words.
        public let missing: [String]
    }

    private let root: FilePath
    private let ask: @Sendable (Question) async throws -> [UInt8]?
    private let limit: Int

    /// - Parameters:
    ///   - root: Where the machine's files are: `/`, and elsewhere in tests.
    ///   - ask: Runs a program and returns what it printed; nil when there is none.
    public init(root: FilePath = "/", limit: Int = 2 << 20, ask: @escaping @Sendable (Question) async throws -> [UInt8]?) {
        self.root = root
        self.limit = limit
        self.ask = ask
    }

    /// Files, by their place on the machine, and what they are called in the bundle.
    private static let files: [(place: String, name: String)] = [
        ("var/log/azure-proxy-agent/status.json", "status.json"), ("proc/sys/kernel/osrelease", "uname.txt"), ("etc/os-release", "os-release"),
        ("proc/filesystems", "filesystems.txt"), ("proc/self/mountinfo", "mountinfo.txt"), ("proc/cmdline", "cmdline.txt"), ("proc/cgroups", "cgroups.txt"),
        ("sys/kernel/security/lockdown", "lockdown.txt"), ("sys/kernel/security/lsm", "lsm.txt"), ("proc/sys/net/core/bpf_jit_harden", "bpf_jit_harden.txt"),
        ("proc/sys/kernel/unprivileged_bpf_disabled", "unprivileged_bpf_disabled.txt"), ("var/log/cloud-init.log", "cloud-init.log"),
        // The two markers next to the keys hold states and messages, and no key.
        ("var/lib/azure-proxy-agent/keys/status.tag", "tags/status.tag"), ("var/lib/azure-proxy-agent/keys/provisioned.tag", "tags/provisioned.tag"),
    ]

    public static let questions = [
        Question(
            name: "unit-state.txt",
            command: ["systemctl", "show", "azure-proxy-agent.service", "--property=Id,LoadState,ActiveState,SubState,UnitFileState,ExecMainStatus,NRestarts"]),
        Question(name: "unit-status.txt", command: ["systemctl", "status", "azure-proxy-agent.service", "--no-pager", "--full", "--lines=0"]),
        Question(name: "unit-journal.log", command: ["journalctl", "--unit=azure-proxy-agent.service", "--boot", "--no-pager", "--lines=2000"]),
        Question(name: "cloud-init-version.txt", command: ["cloud-init", "--version"]),
        Question(name: "cloud-init-status.txt", command: ["cloud-init", "status", "--long"]),
        Question(
            name: "unit-settings.txt",
            command: [
                "systemctl", "show", "azure-proxy-agent.service", "--property=User,CapabilityBoundingSet,AmbientCapabilities,LimitMEMLOCK,SystemCallFilter",
            ]),
        Question(name: "jit.txt", command: ["sysctl", "net.core.bpf_jit_enable", "net.core.bpf_jit_harden", "net.core.bpf_jit_limit"]),
        Question(
            name: "dmesg.txt", command: ["dmesg"],
            keeping: ["bpf", "BPF", "ockdown", "avc:", "apparmor=", "Linux version", "ommand line:", "Kernel panic", "BUG:", "Oops"]),
        // Where auditd runs, denials are not in the kernel's log.
        Question(
            name: "audit.txt", command: ["ausearch", "--message", "avc", "--start", "boot"],
            keeping: ["tclass=bpf", "tclass=lockdown", "tclass=perf_event", "tclass=capability2", "apparmor="]),
        Question(
            name: "kernel-config.txt", command: ["sh", "-c", "zcat /proc/config.gz 2>/dev/null || cat \"/boot/config-$(uname -r)\""],
            keeping: ["BPF", "CGROUP", "KPROBE", "BTF", "LOCKDOWN"]),
        // The agent's own view: what it may do, and what it sees mounted.
        Question(
            name: "agent-process.txt",
            command: [
                "sh", "-c",
                "p=$(pidof -s azure-proxy-agent) && grep -E 'Cap|Seccomp|NoNewPrivs' \"/proc/$p/status\" && grep 'locked memory' \"/proc/$p/limits\"",
            ]),
        Question(name: "agent-mountinfo.txt", command: ["sh", "-c", "p=$(pidof -s azure-proxy-agent) && cat \"/proc/$p/mountinfo\""]),
    ]

    /// - Parameters:
    ///   - time: When this is, RFC 3339 in UTC.
    ///   - version: kmatrix's own.
    /// - Throws: `CancellationError`.
    public func gather(time: String, version: String) async throws -> Outcome {
        var found: [(name: String, bytes: [UInt8])] = []
        var missing: [String] = []
        for (place, name) in Self.files {
            if let bytes = read(root.appending(place), keepsEnd: name.hasSuffix(".log")) {
                found.append((name, bytes))
            } else {
                missing.append("/\(place)")
            }
        }
        found += agentLogs()
        found.append(("btf.txt", types))
        for question in Self.questions {
            guard let answer = try await ask(question) else {
                missing.append(question.command.joined(separator: " "))
                continue
            }
            // Each file begins with its command, so that its meaning does not depend on its name.
            let prompt = Array("$ \(question.command.joined(separator: " "))\n".utf8)
            found.append((question.name, prompt + question.kept(answer).suffix(limit)))
        }
        let note: [String: Any] = ["schema": 1, "collected": time, "kmatrix": version, "missing": missing]
        let data = try JSONSerialization.data(withJSONObject: note, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
        found.append(("collected.json", Array(data)))
        return Outcome(archive: TarWriter.archive(found), names: found.map(\.name), missing: missing)
    }

    /// The agent's logs by their endings. Its keys are elsewhere (`/var/lib/azure-proxy-agent/keys`), and neither a link to them nor a
    /// file called like one is taken.
    private func agentLogs() -> [(name: String, bytes: [UInt8])] {
        let folder = root.appending("var/log/azure-proxy-agent")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted().filter { $0.hasSuffix(".log") }
        return names.suffix(16).compactMap { name in read(folder.appending(name), keepsEnd: true).map { ("logs/\(name)", $0) } }
    }

    /// What ls(1) says of the kernel's type information.
    private var types: [UInt8] {
        let place = "/sys/kernel/btf/vmlinux"
        let answer = isThere(String(place.dropFirst())) ? place : "ls: cannot access '\(place)': No such file or directory"
        return Array("$ ls \(place)\n\(answer)\n".utf8)
    }

    private func isThere(_ place: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(place).string) }

    /// Reads a regular file, or one of the kernel's, up to the limit. No link is followed in the last step.
    private func read(_ path: FilePath, keepsEnd: Bool) -> [UInt8]? {
        // os-release is usually a link.
        let options: FileDescriptor.OpenOptions = path.lastComponent == "os-release" ? [.closeOnExec, .nonBlocking] : [.closeOnExec, .nonBlocking, .noFollow]
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: options) else { return nil }
        defer { try? descriptor.close() }
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        if keepsEnd, status.st_size > limit { _ = try? descriptor.seek(offset: Int64(status.st_size) - Int64(limit), from: .start) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while out.count < limit, let count = try? buffer.withUnsafeMutableBytes({ try descriptor.read(into: $0) }), count > 0 { out += buffer.prefix(count) }
        return Array(out.prefix(limit))
    }
}
