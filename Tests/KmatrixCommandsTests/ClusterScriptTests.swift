import Foundation
import StrictYAML
import SystemPackage
import TestSupport
import Testing

/// The scripts for cluster engines, executed with stand-ins for the program and for Slurm.
@Suite("Scripts for clusters")
struct ClusterScriptTests {
    /// A folder with a `kmatrix` that notes its arguments. `run` ends with `code`, and writes a record only when it is told to.
    struct Bench {
        let folder: TemporaryFolder
        var path: String { folder.path.string }

        init(run code: Int32 = 0, writes: Bool = true, merge: Int32 = 0) throws {
            folder = try TemporaryFolder()
            try script(
                "kmatrix",
                """
                printf '%s ' "$@" >> "$0.said"; echo >> "$0.said"
                case $1 in
                run)
                    while [ $# -gt 0 ]; do case $1 in --out | --resume) out=$2 ;; esac; shift; done
                    mkdir -p "$out"
                    \(writes ? "touch \"$out/run.json\"" : "touch \"$out/planned.jsonl\"")
                    exit \(code) ;;
                merge) mkdir -p "$2"; touch "$2/run.json"; exit \(merge) ;;
                esac
                """)
        }

        func script(_ name: String, _ text: String) throws {
            try ProgramFile.write("#!/bin/bash\n\(text)\n", to: folder.path.appending(name))
        }

        var said: [String] {
            ((try? String(contentsOfFile: "\(path)/kmatrix.said", encoding: .utf8)) ?? "").split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }

        func run(_ script: String, _ arguments: [String], _ environment: [String: String] = [:]) throws -> (code: Int32, stdout: String, stderr: String) {
            let process = Process()
            process.executableURL = Repository.root.appending(path: script)
            process.arguments = arguments
            process.environment = ["PATH": "\(path):/usr/bin:/bin", "KMATRIX": "\(path)/kmatrix"].merging(environment) { $1 }
            let (out, err) = (Pipe(), Pipe())
            (process.standardOutput, process.standardError) = (out, err)
            try process.run()
            process.waitUntilExit()
            return (
                process.terminationStatus, String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self),
                String(decoding: err.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            )
        }
    }

    @Test("a part is done when its record is there, whatever its verdicts", arguments: [0, 1, 3] as [Int32])
    func done(code: Int32) throws {
        let bench = try Bench(run: code)
        #expect(try bench.run("ci/cluster/part", ["2", "3", "\(bench.path)/runs", "--kernel", "6.1"]).code == 0)
        #expect(bench.said == ["run --shard 2/3 --out \(bench.path)/runs/part-2 --no-history --kernel 6.1"])
        // Started again it resumes.
        #expect(try bench.run("ci/cluster/part", ["2", "3", "\(bench.path)/runs", "--kernel", "6.1"]).code == 0)
        #expect(bench.said.last == "run --shard 2/3 --resume \(bench.path)/runs/part-2 --no-history --kernel 6.1")
    }

    @Test("a part without a record fails, so that the engine tries it again", arguments: [0, 1, 3] as [Int32])
    func neverStarted(code: Int32) throws {
        let bench = try Bench(run: code, writes: false)
        let said = try bench.run("ci/cluster/part", ["1", "3", "\(bench.path)/runs", "--kernel", "6.1"])
        #expect(said.code == 75 && said.stderr.contains("wrote no run.json"), "\(said)")
    }

    @Test("a part whose earlier attempt still runs waits for it, and fails for now when it does not end")
    func survivor() throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(atPath: "\(bench.path)/runs", withIntermediateDirectories: true)
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/flock")
        holder.arguments = ["--no-fork", "\(bench.path)/runs/part-1.lock", "sh", "-c", "echo held; exec sleep 600"]
        let out = Pipe()
        holder.standardOutput = out
        try holder.run()
        // It prints once it has the lock.
        #expect(String(decoding: out.fileHandleForReading.readData(ofLength: 5), as: UTF8.self) == "held\n")
        let said = try bench.run("ci/cluster/part", ["1", "3", "\(bench.path)/runs", "--kernel", "6.1"], ["KMATRIX_LOCK_WAIT": "0"])
        #expect(said.code == 75 && said.stderr.contains("still running") && bench.said.isEmpty, "\(said)")
        // Tests' threads block other signals, and so do the processes that they start.
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        #expect(try bench.run("ci/cluster/part", ["1", "3", "\(bench.path)/runs", "--kernel", "6.1"], ["KMATRIX_LOCK_WAIT": "30"]).code == 0)
    }

    @Test(
        "a merge names the parts that are missing, and says what the verdicts say",
        arguments: [
            ([1, 2, 3], 0, 0, ""), ([1, 3], 0, 3, "1 of 3 parts have no run.json: part-2"), ([], 0, 3, "3 of 3 parts have no run.json: part-1 part-2 part-3"),
            ([1, 2, 3], 1, 1, ""),
            ([1, 2], 1, 1, "part-3"), ([1, 2, 3], 3, 3, ""),
        ] as [([Int], Int32, Int32, String)])
    func merge(parts: [Int], code: Int32, expected: Int32, words: String) throws {
        let bench = try Bench(merge: code)
        for part in parts {
            try FileManager.default.createDirectory(atPath: "\(bench.path)/runs/part-\(part)", withIntermediateDirectories: true)
            _ = FileManager.default.createFile(atPath: "\(bench.path)/runs/part-\(part)/run.json", contents: nil)
        }
        let said = try bench.run("ci/cluster/merge", ["3", "\(bench.path)/runs", "--matrix", "m.yml"])
        #expect(said.code == expected && (words.isEmpty || said.stderr.contains(words)) && !said.stderr.contains("expected argument"), "\(said)")
        #expect(bench.said.first?.hasSuffix("--exit-code --matrix m.yml") ?? parts.isEmpty)
        #expect(bench.said.contains { $0.hasPrefix("report") } == !parts.isEmpty)
    }

    /// An sbatch that runs what it is given at once, with nothing of the submitter's environment.
    static let sbatch = """
        printf '%s ' "$@" >> "$0.said"; echo >> "$0.said"
        while [ $# -gt 0 ]; do case $1 in --array=*) array=${1##*-} ;; --*) ;; *) break ;; esac; shift; done
        for task in $(seq "${array:-1}"); do env -i PATH="$PATH" SLURM_ARRAY_TASK_ID="$task" SLURM_JOB_ID=7 "$@" >&2 || echo "task $task: $?" >&2; done
        echo '7;cluster'
        """

    @Test("submit hands every task what it needs, also without the submitter's variables")
    func slurm() throws {
        let bench = try Bench()
        try bench.script("sbatch", Self.sbatch)
        let said = try bench.run("ci/cluster/slurm/submit", ["3", "\(bench.path)/a run", "--matrix", "\(bench.path)/m.yml"])
        #expect(said.code == 0 && said.stdout == "7 7\n", "\(said)")
        #expect(
            bench.said.filter { $0.hasPrefix("run") }
                == (1...3).map { "run --shard \($0)/3 --out \(bench.path)/a run/part-\($0) --no-history --jobs 2 --matrix \(bench.path)/m.yml" })
        #expect(
            bench.said.contains { $0.hasPrefix("merge \(bench.path)/a run/merged") && $0.hasSuffix("--exit-code --matrix \(bench.path)/m.yml") },
            "\(bench.said)")
        #expect(try String(contentsOfFile: "\(bench.path)/sbatch.said", encoding: .utf8).contains("--dependency=afterany:7"))
    }

    @Test("with --offline all is fetched first, into a cache that every task uses, and nothing else is fetched")
    func offline() throws {
        let bench = try Bench()
        try bench.script("sbatch", Self.sbatch)
        try bench.script("noting", "echo \"cache=${XDG_CACHE_HOME:-}\" >> \"$0.said\"; exec '\(bench.path)/kmatrix' \"$@\"")
        let said = try bench.run(
            "ci/cluster/slurm/submit", ["2", "\(bench.path)/runs", "--kernel", "6.1", "--offline"],
            ["KMATRIX": "\(bench.path)/noting", "XDG_CACHE_HOME": "/mine"])
        #expect(said.code == 0, "\(said)")
        #expect(bench.said.first == "plan --fetch --kernel 6.1")
        #expect(
            bench.said.filter { $0.hasPrefix("run") }
                == (1...2).map { "run --shard \($0)/2 --out \(bench.path)/runs/part-\($0) --no-history --jobs 2 --kernel 6.1 --offline" })
        let caches = try String(contentsOfFile: "\(bench.path)/noting.said", encoding: .utf8).split(separator: "\n")
        // The merge and its report use none.
        #expect(caches.prefix(3).allSatisfy { $0 == "cache=\(bench.path)/runs/cache" } && caches.count == 5, "\(caches)")
    }

    /// What Apptainer does with its parts is Apptainer's; what the parts do is the shell's.
    @Test("the container image takes kmatrix's arguments, and is made of the package that ci/package makes")
    func container() throws {
        var sections: [String: String] = [:]
        var name = "header"
        for line in try Repository.text("ci/cluster/kmatrix.def").split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("%") { name = String(line) } else { sections[name, default: ""] += line + "\n" }
        }
        #expect(Set(sections.keys) == ["header", "%files", "%post", "%runscript", "%test"])
        #expect(sections["header"]?.contains("\nBootstrap: docker\nFrom: debian:12\n") == true)
        let bench = try Bench()
        #expect(
            try bench.runCommand(
                ["/bin/sh", "-c", try #require(sections["%runscript"]), "kmatrix.sif", "run", "--kernel", ">=5.10,<6.2", "--out", "\(bench.path)/a run"], [:])
                == 0)
        #expect(bench.said == ["run --kernel >=5.10,<6.2 --out \(bench.path)/a run"])
        // What is installed is what was copied in, with apt's own checks.
        try bench.script("apt-get", "printf '%s ' \"$@\" >> \"$0.said\"; echo >> \"$0.said\"")
        try bench.script("rm", "exit 0")
        #expect(try bench.runCommand(["/bin/sh", "-ec", try #require(sections["%post"])], [:]) == 0)
        let copied = try #require(sections["%files"]?.split(separator: " ").last?.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(try String(contentsOfFile: "\(bench.path)/apt-get.said", encoding: .utf8).contains(" \(copied) "))
    }

    @Test("a task whose part did not come to its end is queued again, and not for ever", arguments: [("0", true), ("3", false)])
    func requeue(restarts: String, isQueued: Bool) throws {
        let bench = try Bench(run: 3, writes: false)
        try bench.script("scontrol", "printf '%s ' \"$@\" >> \"$0.said\"")
        let said = try bench.run(
            "ci/cluster/slurm/part.sbatch", [Repository.root.path, "\(bench.path)/kmatrix", "3", "\(bench.path)/runs", "--kernel", "6.1"],
            ["SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_JOB_ID": "7", "SLURM_JOB_ID": "9", "SLURM_RESTART_COUNT": restarts])
        #expect(said.code == 75)
        #expect((try? String(contentsOfFile: "\(bench.path)/scontrol.said", encoding: .utf8)) == (isQueued ? "requeue 7_2 " : nil))
    }

    @Test(
        "the commands of the Kubernetes jobs do what the scripts do",
        arguments: [("fetch", "plan --fetch "), ("parts", "run --shard 3/4 --out "), ("merge", "merge ")])
    func kubernetes(file: String, words: String) throws {
        let bench = try Bench()
        let yaml = try YAMLNode(
            parsing: String(contentsOf: Repository.root.appending(path: "ci/cluster/kubernetes/\(file).yml"), encoding: .utf8), source: file)
        let container = try #require(yaml["spec"]?["template"]?["spec"]?.list("containers").first)
        // The image has the checkout at /kmatrix, and the volume is at /runs.
        let command = try container.list("command").compactMap(\.string).map {
            $0.replacing("/kmatrix/ci", with: Repository.root.path + "/ci").replacing("/runs", with: "\(bench.path)/runs")
        }
        var environment = ["JOB_COMPLETION_INDEX": "2"]
        for variable in try container.list("env") { environment[try variable.text("name") ?? ""] = try variable.text("value") }
        environment["KMATRIX"] = "\(bench.path)/kmatrix"
        try FileManager.default.createDirectory(atPath: "\(bench.path)/runs/nightly/part-1", withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: "\(bench.path)/runs/nightly/part-1/run.json", contents: nil)
        _ = try bench.runCommand(command, environment)
        #expect(
            bench.said.contains { $0.hasPrefix(words) && $0.contains(file == "fetch" ? "/kmatrix/images/nightly.yml" : "\(bench.path)/runs/nightly") },
            "\(bench.said)")
    }

    @Test("every script of ci passes shellcheck")
    func shellcheck() throws {
        let listed = try FileManager.default.subpathsOfDirectory(atPath: Repository.root.appending(path: "ci").path).map {
            Repository.root.appending(path: "ci/\($0)").path
        }
        let scripts = listed.filter { path in
            guard let head = FileManager.default.contents(atPath: path)?.prefix(64) else { return false }
            return ["#!/usr/bin/env bash", "#!/bin/bash", "#!/bin/sh"].contains { String(decoding: head, as: UTF8.self).hasPrefix($0) }
        }
        #expect(scripts.count > 10)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["shellcheck", "--external-sources", "--severity=warning", "--format=gcc"] + scripts.sorted()
        let out = Pipe()
        process.standardOutput = out
        try process.run()
        let said = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
    }
}

extension ClusterScriptTests.Bench {
    fileprivate func runCommand(_ command: [String], _ environment: [String: String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: try #require(command.first))
        process.arguments = Array(command.dropFirst())
        process.environment = ["PATH": "\(path):/usr/bin:/bin"].merging(environment) { $1 }
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
