import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

extension StandInRuns {
    /// The scripts of ci/cluster/slurm with Slurm itself: a controller and a node of this user's, in namespaces of their own. Guests are stand-ins.
    @Suite(
        "A run that Slurm divides",
        .enabled(if: RealSlurm.isInstalled, "SKIPPED: slurmctld and slurmd are missing; install Debian's packages slurmctld, slurmd and slurm-client"),
        .timeLimit(.minutes(5)))
    struct SlurmTests {
        let bench: StandInRun
        let slurm: RealSlurm

        init() throws {
            bench = try StandInRun()
            slurm = try RealSlurm(in: bench.folder.appending("slurm"))
            // Nothing of the submitter's environment reaches the tasks, so the program has what it needs in it.
            let settings = bench.environment.merging(["XDG_CACHE_HOME": bench.folder.appending("cache").string, "HOME": bench.folder.string]) { $1 }
            let exports = settings.sorted { $0.key < $1.key }.map { "export \($0.key)='\($0.value)'" }.joined(separator: "\n")
            try RealSlurm.script(
                "\(exports)\nexec '\(BuiltProgram.path("kmatrix"))' \"$@\"", at: bench.folder.appending("kmatrix"))
        }

        private var out: FilePath { bench.folder.appending("shared run") }

        /// Submits three parts of three cells; the options that `arguments` begins and ends with are the script's own.
        private var submission: String {
            let axes = ["--kernel", bench.kernel.string, "--accel", "tcg", "--boot", "cold"] + StandInRun.layouts.flatMap { ["--cgroup", $0] }
            return
                "SBATCH_EXPORT=NONE KMATRIX='\(bench.folder)/kmatrix' '\(Repository.path)/ci/cluster/slurm/submit' 3 '\(out)' "
                + "\(axes.map { "'\($0)'" }.joined(separator: " "))"
        }

        private func parts() throws -> [StoredRun] { try (1...3).map { try StoredRun.intact(at: out.appending("part-\($0)")) } }

        @Test("has all cells once, without a variable of the submitter's, and both jobs are done")
        func whole() async throws {
            let states = try await slurm.run("\(submission); wait_for_jobs")
            #expect(states.filter { $0.hasPrefix("COMPLETED 0:0") }.count == 4, "\(states) \(slurm.log)")
            let merged = try StoredRun.intact(at: out.appending("merged"))
            #expect(merged.document.cells.map(\.verdict) == [.compatible, .compatible, .compatible])
            #expect(bench.started == 3)
            #expect(FileManager.default.fileExists(atPath: out.appending("site/index.html").string))
        }

        @Test("says of unproven cells that they are unproven: its parts are done, and its merge fails with 3")
        func unproven() async throws {
            try bench.trouble("[ \"$guest\" -gt 0 ] && case $PWD in *hybrid*) kill -KILL $$ ;; esac")
            let states = try await slurm.run("\(submission); wait_for_jobs")
            #expect(states.filter { $0.hasPrefix("COMPLETED 0:0") }.count == 3 && states.contains { $0.hasPrefix("FAILED 3:0") }, "\(states) \(slurm.log)")
            #expect(try StoredRun.intact(at: out.appending("merged")).document.cells.map(\.verdict) == [.compatible, .inconclusive, .compatible])
        }

        @Test("goes on where it was when Slurm queues a task again in the middle of a cell, or its processes are killed", arguments: ["requeue", "kill"])
        func again(how: String) async throws {
            try bench.trouble("case $PWD in *hybrid*) echo $$ > '\(bench.folder)/hanging'; exec sleep 600 ;; esac")
            let act =
                how == "requeue"
                ? "scontrol requeue \"$(squeue --noheader --format=%i --states=RUNNING | head -n 1)\""
                // All of the task at once, as when a node runs out of memory: the task fails, and is submitted again.
                : "kill -KILL $(pgrep -f 'kmatrix run --shard') $(cat '\(bench.folder)/hanging')"
            let states = try await slurm.run(
                """
                \(submission)
                until [ -s '\(bench.folder)/hanging' ] && [ "$(squeue --noheader --states=RUNNING | wc -l)" = 1 ]; do sleep 0.2; done
                rm '\(bench.folder)/trouble'
                \(act)
                wait_for_jobs
                [ -e '\(out)/part-2/SHA256SUMS' ] && [ -e '\(out)/part-1/SHA256SUMS' ] && [ -e '\(out)/part-3/SHA256SUMS' ] || { \(submission); wait_for_jobs; }
                """)
            #expect(states.contains { $0.hasPrefix("COMPLETED 0:0") }, "\(states)")
            let merged = try StoredRun.intact(at: out.appending("merged"))
            #expect(merged.document.cells.map(\.verdict) == [.compatible, .compatible, .compatible], "\(merged.document.cells.map(\.summary)) \(slurm.log)")
            // Two cells once, and the one that was cut off twice.
            #expect(bench.started == 4, "\(bench.startedIn)")
            #expect(try parts().allSatisfy { $0.unfinished.isEmpty })
        }

        /// The emulators of both tasks wait for each other: were one task to wait for the other's guest, neither would end.
        @Test(
            "packs tasks of one processor onto one node, all of an ordinary user's, and no task waits for another's guest",
            .enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2, "SKIPPED: this machine has one processor, and two tasks of one processor need two"))
        func packed() async throws {
            try bench.trouble(
                "echo \"$(taskset -cp $$)\" >> '\(bench.folder)/masks'; until [ \"$(wc -l < '\(bench.folder)/masks')\" -ge 2 ]; do sleep 0.1; done")
            // What the user may not read is copied: the checkout and the program may be in a folder of root's.
            let checkout = bench.folder.appending("checkout")
            try FileManager.default.createDirectory(atPath: checkout.appending("ci").string, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: "\(Repository.path)/ci/cluster", toPath: checkout.appending("ci/cluster").string)
            for (program, script) in [("kmatrix", "kmatrix"), ("fake-qemu", "emulator")] {
                let built = try BuiltProgram.path(program)
                let copy = bench.folder.appending("copied-\(program)").string
                try FileManager.default.copyItem(atPath: built.string, toPath: copy)
                let place = bench.folder.appending(script).string
                try String(contentsOfFile: place, encoding: .utf8).replacing(built.string, with: copy).write(toFile: place, atomically: false, encoding: .utf8)
            }
            let axes = ["--kernel", bench.kernel.string, "--accel", "tcg", "--boot", "cold", "--cgroup", "unified", "--cgroup", "hybrid"].joined(separator: " ")
            let states = try await slurm.run(
                """
                mkdir '\(out)'
                id -u > '\(bench.folder)/user'
                sbatch --cpus-per-task=1 --array=1-2 --output='\(out)/part-%a.log' '\(checkout)/ci/cluster/slurm/part.sbatch' '\(checkout)' \
                '\(bench.folder)/kmatrix' 2 '\(out)' \(axes)
                wait_for_jobs
                """, packing: ProcessInfo.processInfo.activeProcessorCount, owning: [bench.folder, bench.products.path])
            #expect(states.filter { $0.hasPrefix("COMPLETED 0:0") }.count == 2, "\(states) \(slurm.log)")
            #expect(try (1...2).map { try StoredRun.intact(at: out.appending("part-\($0)")).document.cells.map(\.verdict) } == [[.compatible], [.compatible]])
            #expect(bench.started == 2)
            #expect(try String(contentsOfFile: bench.folder.appending("user").string, encoding: .utf8) != "0\n")
            // Each has the processor that Slurm gave it, and no other.
            let masks = try String(contentsOfFile: bench.folder.appending("masks").string, encoding: .utf8).split(separator: "\n").compactMap {
                $0.split(separator: ": ").last
            }
            #expect(Set(masks).count == 2 && masks.allSatisfy { Int($0) != nil }, "\(masks)")
        }
    }
}

/// Slurm's controller and one node on this machine, which exist while a script runs: they are the script's children in a process namespace,
/// and their ports are in a network namespace.
struct RealSlurm {
    static let isInstalled = ["slurmctld", "slurmd", "sbatch", "munged", "unshare", "ip"].allSatisfy { name in
        ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    private let folder: FilePath
    var log: String { ((try? String(contentsOfFile: folder.appending("out").string, encoding: .utf8)) ?? "").suffix(4000).description }

    init(in folder: FilePath) throws {
        self.folder = folder
        for name in ["spool", "state"] { try FileManager.default.createDirectory(atPath: folder.appending(name).string, withIntermediateDirectories: true) }
    }

    static func script(_ text: String, at path: FilePath) throws {
        try ProgramFile.write("#!/bin/bash\n\(text)\n", to: path)
    }

    /// Runs a script next to Slurm, as this user.
    /// - Parameters:
    ///   - processors: To pack tasks onto, each bound to its own; nil for as many as are convenient, which are not bound.
    ///   - folders: What an ordinary user owns who takes root's place: everything that the script needs.
    /// - Returns: State and exit code of every job at the end.
    func run(_ commands: String, packing processors: Int? = nil, owning folders: [FilePath] = []) async throws -> [String] {
        // slurm.conf(5). Without accounting the controller forgets jobs after MinJobAge seconds.
        let configuration = """
            ClusterName=test
            SlurmctldHost=@HOST@(192.0.2.1)
            SlurmUser=@USER@
            SlurmdUser=@USER@
            AuthType=auth/munge
            CryptoType=crypto/munge
            AuthInfo=socket=\(folder)/munge.socket
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/\(processors == nil ? "none" : "affinity")
            SlurmdParameters=config_overrides
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            ReturnToService=2
            SchedulerType=sched/backfill
            SchedulerParameters=batch_sched_delay=0,sched_interval=1
            MinJobAge=3600
            KillWait=5
            MailProg=/bin/true
            SlurmctldPidFile=\(folder)/slurmctld.pid
            SlurmdPidFile=\(folder)/slurmd.pid
            SlurmdSpoolDir=\(folder)/spool
            StateSaveLocation=\(folder)/state
            SlurmctldLogFile=\(folder)/slurmctld.log
            SlurmdLogFile=\(folder)/slurmd.log
            NodeName=@HOST@ NodeAddr=192.0.2.1 CPUs=\(processors ?? 6) RealMemory=64000 State=UNKNOWN
            PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=YES
            """
        try configuration.write(toFile: folder.appending("slurm.conf").string, atomically: true, encoding: .utf8)
        try Self.script(
            """
            set -eu
            cd '\(folder)'
            export PATH=/usr/sbin:/sbin:/usr/bin:/bin SLURM_CONF='\(folder)/slurm.conf'
            ip link set lo up
            # Slurm resolves names only where an address other than 127.0.0.1 is configured (getaddrinfo(3), AI_ADDRCONFIG).
            ip addr add 192.0.2.1/32 dev lo
            sed -i "s/@HOST@/$(hostname -s)/; s/@USER@/$(id -un)/" slurm.conf
            dd if=/dev/urandom of=munge.key bs=1024 count=1 2>/dev/null; chmod 400 munge.key
            munged --foreground --force --key-file=munge.key --socket=munge.socket --pid-file=munge.pid --log-file=munge.log --seed-file=munge.seed \
            --num-threads=2 &
            until [ -S munge.socket ]; do sleep 0.1; done
            slurmctld -D &
            slurmd -D &
            for _ in $(seq 300); do sinfo --noheader --format=%T 2>/dev/null | grep -q idle && break; sleep 0.2; done
            # A job that is queued again begins two minutes later, unless somebody says otherwise.
            wait_for_jobs() {
                while [ "$(squeue --noheader | wc -l)" != 0 ]; do
                    for job in $(squeue --noheader --states=PENDING --format='%i %r' | sed -n 's/ BeginTime$//p'); do scontrol update "JobId=$job" \
                    StartTime=now || true; done
                    sleep 0.3
                done
            }
            \(commands)
            scontrol --oneliner show job | sed -E 's/.*JobState=([A-Z]+).* ExitCode=([0-9:]+).*/\\1 \\2/' > states
            """, at: folder.appending("script"))
        // Nobody has no right anywhere, and all rights in namespaces of its own.
        let isNobody = geteuid() == 0 && !folders.isEmpty
        if isNobody { _ = try await DebianRepository.output("chown", ["-R", "65534:65534"] + folders.map(\.string)) }
        let identity = geteuid() == 0 && !isNobody ? [] : ["--map-current-user", "--keep-caps"]
        let process = Process()
        process.executableURL = URL(filePath: isNobody ? "/usr/bin/setpriv" : "/usr/bin/unshare")
        process.arguments =
            (isNobody ? ["--reuid", "65534", "--regid", "65534", "--clear-groups", "unshare"] : []) + identity + [
                "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "timeout", "200", folder.appending("script").string,
            ]
        let output = folder.appending("out").string
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let file = try #require(FileHandle(forWritingAtPath: output))
        (process.standardOutput, process.standardError) = (file, file)
        process.standardInput = FileHandle.nullDevice
        let ended = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in ended.continuation.finish() }
        try process.run()
        for await _ in ended.stream {}
        try #require(process.terminationStatus == 0, "\(log)")
        return try String(contentsOfFile: folder.appending("states").string, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}
