import ArtefactCache
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import MatrixRunner

@Suite("What a machine has for guests")
struct HostReaderTests {
    /// Files below a folder, as the kernel shows them.
    private func host(_ files: [String: String], processors: Int = 16) throws -> HostResources {
        let folder = try TemporaryFolder()
        for (name, text) in files {
            let path = folder.path.appending(name)
            try FileManager.default.createDirectory(atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
            try text.write(toFile: path.string, atomically: true, encoding: .utf8)
        }
        return HostReader(root: folder.path, usableProcessors: processors).read()
    }

    private static let meminfo = "MemTotal:       24684084 kB\nMemFree:        20019464 kB\nMemAvailable:   23103604 kB\nBuffers:           66632 kB\n"
    private static let pressure = "some avg10=1.50 avg60=0.00 avg300=0.00 total=8313\nfull avg10=0.75 avg60=0.00 avg300=0.00 total=8099\n"

    @Test("is what the kernel says of the whole of it")
    func plain() throws {
        let found = try host(["proc/meminfo": Self.meminfo, "proc/pressure/memory": Self.pressure, "proc/self/cgroup": "0::/\n"])
        #expect(found == HostResources(cores: 16, memory: 23_103_604 << 10, pressure: 1.5))
        #expect(try host([:], processors: 3) == HostResources(cores: 3, memory: nil, pressure: nil))
    }

    @Test("is less in a control group of version 2, and the least of those above it")
    func unified() throws {
        let files = [
            "proc/meminfo": Self.meminfo, "proc/self/cgroup": "0::/user.slice/job.scope\n", "sys/fs/cgroup/user.slice/cpu.max": "250000 100000\n",
            "sys/fs/cgroup/user.slice/job.scope/cpu.max": "max 100000\n", "sys/fs/cgroup/user.slice/memory.max": "4294967296\n",
            "sys/fs/cgroup/user.slice/memory.current": "3221225472\n",
            "sys/fs/cgroup/user.slice/memory.stat": "anon 1073741824\ninactive_file 2147483648\nactive_file 7\n",
            "sys/fs/cgroup/user.slice/job.scope/memory.max": "max\n", "sys/fs/cgroup/user.slice/job.scope/memory.current": "1024\n",
        ]
        #expect(try host(files) == HostResources(cores: 2, memory: 3 << 30, pressure: nil))
    }

    @Test("is less in a control group of version 1, and in a container whose group is named as outside of it")
    func legacy() throws {
        let files = [
            "proc/meminfo": Self.meminfo, "proc/self/cgroup": "5:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n1:name=systemd:/\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "2147483648\n", "sys/fs/cgroup/memory/memory.usage_in_bytes": "1073741824\n",
            "sys/fs/cgroup/memory/memory.stat": "cache 5\ninactive_file 1\ntotal_inactive_file 536870912\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
            "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        ]
        #expect(try host(files) == HostResources(cores: 1, memory: 1536 << 20, pressure: nil))
        let unlimited = files.merging([
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n", "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        ]) { _, new in new }
        #expect(try host(unlimited) == HostResources(cores: 16, memory: 23_103_604 << 10, pressure: nil))
    }

    @Test("is not known from files that say something else", arguments: ["", "MemAvailable:", "MemAvailable: many kB", "\0\0"])
    func nonsense(text: String) throws {
        #expect(
            try host(["proc/meminfo": text, "proc/pressure/memory": text, "sys/fs/cgroup/cpu.max": text, "proc/self/cgroup": text])
                == HostResources(cores: 16, memory: nil, pressure: nil))
    }
}

@Suite("How many guests run at once")
struct JobCountTests {
    private func count(cores: Int, gibibytes: Double?, need: Int = 700 << 20) -> JobCount {
        JobCount(HostResources(cores: cores, memory: gibibytes.map { Int($0 * Double(1 << 30)) }, pressure: nil), need: need)
    }

    @Test("is by cores while there is memory, by memory when there is not, and one at least")
    func counts() {
        #expect(count(cores: 4, gibibytes: 22).count == 4)
        #expect(count(cores: 4, gibibytes: nil).count == 4)
        #expect(count(cores: 64, gibibytes: 4).count == 5)
        #expect(count(cores: 4, gibibytes: 0.3).count == 1)
        #expect(count(cores: 0, gibibytes: 22).count == 1)
        #expect(count(cores: 2, gibibytes: 22, need: 0).count == 2)
    }

    @Test("is told with its reason")
    func reasons() {
        #expect("\(count(cores: 4, gibibytes: 22))" == "4 (one guest per usable core; memory: 22.0 GiB available, 0.7 GiB per guest)")
        #expect("\(count(cores: 4, gibibytes: 1.5))" == "1 (limited by memory: 1.5 GiB available, 0.7 GiB per guest; 4 usable cores)")
        #expect("\(JobCount(asked: 3))" == "3 (--jobs)")
    }

    @Test("a further guest waits while memory is short, or tasks wait for it")
    func shortage() {
        func shortage(_ memory: Int?, _ pressure: Double?) -> String? { HostResources(cores: 1, memory: memory, pressure: pressure).shortage(for: 1 << 30) }
        #expect(shortage(nil, nil) == nil && shortage(1 << 30, 19) == nil)
        #expect(shortage(512 << 20, nil) == "0.5 GiB available, a guest needs 1.0 GiB")
        #expect(shortage(4 << 30, 35.2) == "tasks wait for memory 35 % of the time")
    }
}

@Suite("What guests take")
struct GuestMemoryTests {
    @Test("is what they took here, and a guess before any did")
    func measured() throws {
        let folder = try TemporaryFolder()
        let memory = GuestMemory(cache: .init(root: folder.path))
        #expect(memory.need(guest: 512) == 768 << 20)
        memory.note(600 << 20, guest: 512)
        memory.note(500 << 20, guest: 512)
        #expect(memory.need(guest: 512) == 600 << 20)
        #expect(memory.need(guest: 1024) == 1280 << 20)
        #expect(GuestMemory(cache: .init(root: folder.path)).need(guest: 512) == 600 << 20)
        for _ in 0..<19 { memory.note(400 << 20, guest: 512) }
        #expect(memory.need(guest: 512) == 500 << 20)
    }

    @Test("is guessed when what is remembered cannot be read, or not be written", arguments: ["", "[]", "{\"512\": [-1, 0]}", "{\"512\": []}"])
    func damaged(text: String) throws {
        let folder = try TemporaryFolder()
        try text.write(toFile: folder.path.appending("guest-memory.json").string, atomically: true, encoding: .utf8)
        #expect(GuestMemory(cache: .init(root: folder.path)).need(guest: 512) == 768 << 20)
        let nowhere = GuestMemory(cache: .init(root: folder.path.appending("nowhere")))
        nowhere.note(1 << 20, guest: 512)
        #expect(nowhere.need(guest: 512) == 1 << 20)
    }
}
