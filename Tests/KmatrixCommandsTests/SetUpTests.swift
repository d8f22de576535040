import Foundation
import MatrixModel
import MatrixRunner
import QEMUGuest
import SystemPackage
import TestSupport
import Testing

@testable import KmatrixCommands

/// What `ci/setup` installs, what the package depends on and what `kmatrix doctor` checks are the same.
@Suite("Set-up")
struct SetUpTests {
    /// Groups of `ci/dependencies` with their names, for machines of an architecture.
    private static func groups(on architecture: Architecture = .host) throws -> [String: Set<String>] {
        let lines = try String(contentsOf: Repository.root.appending(path: "ci/dependencies"), encoding: .utf8).split(separator: "\n").filter {
            !$0.hasPrefix("#")
        }
        var groups: [String: Set<String>] = [:]
        for line in lines {
            let parts = line.split(separator: ": ", maxSplits: 1)
            try #require(parts.count == 2, "'\(line)' is not a group and names")
            let words = parts[0].split(separator: " ")
            guard words.count == 1 || words[1] == "[\(architecture.debianName)]" else { continue }
            groups[String(words[0]), default: []].formUnion(parts[1].split(separator: " ").map(String.init))
        }
        return groups
    }

    @Test("the doctor checks every package that runs need, and no other")
    func doctor() throws {
        let groups = try Self.groups()
        let needed = Set(HostRequirement.all.filter { $0.purpose == nil }.map(\.package) + [HostRequirement.emulatorPackage])
        #expect(groups["run"] == needed)
        #expect(groups["recommended"] == Set(HostRequirement.all.filter { $0.purpose != nil }.map(\.package)))
    }

    @Test("a machine of each architecture gets the emulator and the firmware of its own", arguments: Architecture.allCases)
    func architectures(architecture: Architecture) throws {
        let groups = try Self.groups(on: architecture)
        #expect(groups["run"]?.filter { $0.hasPrefix("qemu-system") } == [architecture.emulatorPackage])
        #expect(groups["recommended"]?.intersection(Architecture.allCases.map(\.uefi.package)) == [architecture.uefi.package])
        // Guests of the other need the other's.
        if let guests = groups["guests-\(architecture.debianName)"] {
            #expect(guests.isSuperset(of: [architecture.emulatorPackage, architecture.uefi.package]))
        }
        #expect(try Self.groups(on: .x86_64)["guests-arm64"] != nil)
    }

    @Test("running needs neither a browser nor anything else of the tests")
    func groupsAreSeparate() throws {
        let groups = try Self.groups()
        let others = try #require(groups["test"]).union(try #require(groups["bench"])).union(try #require(groups["browser"]))
        for name in ["build", "run", "recommended"] { #expect(others.isDisjoint(with: try #require(groups[name])), "\(name)") }
        #expect(groups["browser"]?.contains("chromium") == true)
    }

    /// Runs `ci/setup` where dpkg-query, apt-get and sudo are stand-ins.
    /// - Returns: What apt-get was asked to install; nil when it was not called.
    private static func installed(_ arguments: [String], present: Set<String>) throws -> [String]? {
        let folder = try TemporaryFolder()
        func put(_ name: String, _ script: String) throws {
            try ProgramFile.write("#!/bin/bash\n\(script)\n", to: folder.path.appending(name))
        }
        try put("swift", "exit 0")
        try put("sudo", "exec \"$@\"")
        // Answers as dpkg-query(1) for what dpkg knows, which is not all that is asked for; calls are counted.
        try put(
            "dpkg-query",
            "echo >> \"$0.calls\"; for name; do case $name in \(present.sorted().joined(separator: "|"))) echo \"installed $name\" ;; esac; done; echo "
                + "'config-files lz4'; exit 1"
        )
        try put("apt-get", "[ \"$1\" = update ] || printf '%s\\n' \"$@\" > \"$0.asked\"")
        let process = Process()
        process.executableURL = Repository.root.appending(path: "ci/setup")
        process.arguments = arguments
        process.environment = ["PATH": "\(folder.path):/usr/bin:/bin"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try String(contentsOfFile: folder.path.appending("dpkg-query.calls").string, encoding: .utf8).count == 1, "dpkg-query is asked once")
        guard let asked = try? String(contentsOfFile: folder.path.appending("apt-get.asked").string, encoding: .utf8) else { return nil }
        return asked.split(separator: "\n").map(String.init).filter { $0 != "install" && !$0.hasPrefix("-") }
    }

    @Test("installs what is missing for the command at hand")
    func missing() throws {
        let groups = try Self.groups()
        let run = ["build", "run", "recommended"].reduce(into: Set<String>()) { $0.formUnion(groups[$1] ?? []) }
        #expect(try Self.installed([], present: run.subtracting(["curl", "lz4"])) == ["curl", "lz4"])
        #expect(try Self.installed(["run"], present: run) == nil)
        let test = Set(try #require(try Self.installed(["test"], present: run)))
        #expect(test.subtracting(["chromium"]) == groups["test"]?.subtracting(run))
        let bench = Set(try #require(try Self.installed(["bench"], present: run)))
        #expect(bench.contains("wrk") && !bench.contains("mandoc") && bench.isDisjoint(with: run))
    }

    @Test("refuses a command that it does not know")
    func unknown() throws {
        let process = Process()
        process.executableURL = Repository.root.appending(path: "ci/setup")
        process.arguments = ["everything"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
    }

    /// Runs `ci/python-environment` where `python3 -m venv` makes an environment whose pip ends so.
    private static func environment(pip code: Int) throws -> (code: Int32, output: String, complaint: String, cache: [String]) {
        let folder = try TemporaryFolder()
        let python = "#!/bin/bash\nif [ \"$2\" = venv ]; then mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python\"; exit; fi\n[ \"$2\" = pip ] && exit \(code)\n"
        try ProgramFile.write(python, to: folder.path.appending("python3"))
        let process = Process()
        process.executableURL = Repository.root.appending(path: "ci/python-environment")
        process.arguments = ["some-test", "some-package==1", "--alone", "another==2"]
        process.environment = ["PATH": "\(folder.path):/usr/bin:/bin", "XDG_CACHE_HOME": folder.path.appending("cache").string]
        let (output, complaint) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, complaint)
        try process.run()
        process.waitUntilExit()
        func text(_ pipe: Pipe) -> String { String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
        let cache = try FileManager.default.contentsOfDirectory(atPath: folder.path.appending("cache/kmatrix").string)
        return (process.terminationStatus, text(output), text(complaint), cache)
    }

    @Test("Python packages that cannot be installed are named, and leave nothing that looks like an environment")
    func packages() throws {
        let good = try Self.environment(pip: 0)
        #expect(good.code == 0)
        #expect(good.output.hasSuffix("/bin/python\n"))
        #expect(good.cache.count == 1 && good.cache.allSatisfy { $0.hasPrefix("some-test-") && !$0.hasSuffix(".making") })
        let bad = try Self.environment(pip: 1)
        #expect(bad.code == 3)
        #expect(bad.output.isEmpty)
        #expect(bad.complaint.contains("cannot install some-package==1 another==2") && bad.complaint.contains("network"))
        #expect(bad.cache.allSatisfy { $0.hasSuffix(".making") })
    }
}
