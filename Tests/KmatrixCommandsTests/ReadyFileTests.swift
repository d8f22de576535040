import ArgumentParser
import Foundation
import StrictYAML
import SystemPackage
import TestSupport
import Testing

@testable import KmatrixCommands

/// The files that others copy: what CI and schedulers run has to be what the program understands.
@Suite("Ready files for CI and clusters")
struct ReadyFileTests {
    static let files = [
        "ci/github/nightly.yml", "ci/github/action.yml", "ci/gitlab/nightly.yml", "ci/cluster/kubernetes/parts.yml", "ci/cluster/kubernetes/merge.yml",
        "ci/cluster/kubernetes/fetch.yml", "ci/cluster/kmatrix.def", "ci/cluster/part", "ci/cluster/merge",
        "ci/cluster/slurm/submit", "ci/cluster/slurm/part.sbatch", "ci/cluster/slurm/merge.sbatch",
    ]

    private static func yaml(_ file: String) throws -> YAMLNode { try YAMLNode(parsing: Repository.text(file), source: file) }

    /// Every start of the program in a file, as words; comments left out.
    static func invocations(in text: String) -> [[String]] {
        let lines = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }
        return lines.flatMap { line in
            line.matches(of: /(?:ci\/kmatrix|products\/kmatrix|"\$kmatrix"|"\$KMATRIX"|(?:^|[ "(])kmatrix) ([a-z][^;|>&)]*)/).map {
                $0.1.split(separator: " ").map(String.init)
            }
        }
    }

    /// The names of the options of the command that the words start with; nil when there is none.
    static func options(_ words: [String], of root: CommandDescription) -> Set<String>? {
        guard let name = words.first, var command = root.subcommands?.first(where: { $0.commandName == name }) else { return nil }
        if let nested = command.subcommands, !nested.isEmpty {
            // The one that is meant when none is named.
            command = nested.first { words.count > 1 && $0.commandName == words[1] } ?? nested.first { $0.commandName == "list" } ?? command
        }
        return Set((command.arguments ?? []).flatMap { $0.names ?? [] }.map(\.text))
    }

    static func program() throws -> CommandDescription { try .current() }

    @Test("start commands that there are, with options that they have", arguments: files)
    func options(file: String) throws {
        let root = try Self.program()
        let text = try Repository.text(file)
        for words in Self.invocations(in: text) {
            let known = try #require(Self.options(words, of: root), "\(file): there is no \(words)")
            for word in words where word.hasPrefix("--") { #expect(known.contains(word), "\(file): \(words.prefix(2)) has no \(word)") }
        }
        // What the part's script is given beyond its own words goes to `run`.
        let run = try #require(Self.options(["run"], of: root))
        for match in text.matches(of: /ci\/cluster\/part[" ]([^\n]*)/) where !match.output.0.hasPrefix("ci/cluster/part INDEX") {
            for word in match.1.split(separator: " ") where word.hasPrefix("--") { #expect(run.contains(String(word)), "\(file): run has no \(word)") }
        }
    }

    @Test("are seen to start it")
    func seen() throws {
        let found = try Dictionary(uniqueKeysWithValues: Self.files.map { ($0, Self.invocations(in: try Repository.text($0)).compactMap(\.first)) })
        #expect(found["ci/github/nightly.yml"] == ["history", "plan", "merge", "report", "report", "history", "diff"])
        #expect(found["ci/github/action.yml"] == ["run", "report"])
        #expect(found["ci/gitlab/nightly.yml"] == ["history", "plan", "merge", "report", "report", "history", "diff"])
        #expect(
            found["ci/cluster/part"] == ["run"] && found["ci/cluster/slurm/submit"] == ["plan"] && found["ci/cluster/kubernetes/fetch.yml"] == ["plan"]
                && found["ci/cluster/merge"] == ["merge", "report"])
        #expect(try Self.options(["run"], of: Self.program())?.contains("--no-such") == false)
    }

    @Test("name files that there are", arguments: files)
    func paths(file: String) throws {
        for match in try Repository.text(file).matches(of: /(images\/[a-z.]+|ci\/(?:setup|build|kmatrix|package|github|cluster\/part|cluster\/merge))\b/) {
            #expect(FileManager.default.fileExists(atPath: Repository.root.appending(path: String(match.1)).path), "\(file): \(match.1)")
        }
    }

    @Test("are scripts that the shell can read and anybody may start", arguments: files.filter { !$0.hasSuffix(".yml") && !$0.hasSuffix(".def") })
    func scripts(file: String) throws {
        let url = Repository.root.appending(path: file)
        #expect(FileManager.default.isExecutableFile(atPath: url.path))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash", "-n", url.path]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test("have jobs that wait for jobs that there are")
    func github() throws {
        let jobs = try #require(try Self.yaml("ci/github/nightly.yml")["jobs"])
        #expect(jobs.keys == ["plan", "run", "merge"])
        for name in jobs.keys {
            let job = try #require(jobs[name])
            #expect(try !job.list("steps").isEmpty)
            for step in try job.list("steps") {
                try step.allow("name", "id", "if", "uses", "with", "run", "env", "continue-on-error")
                #expect((step["uses"] == nil) != (step["run"] == nil), "\(step.place)")
            }
            let needs = try job["needs"]?.string.map { [$0] } ?? job.list("needs").compactMap(\.string)
            #expect(needs.allSatisfy(jobs.keys.contains))
        }
        // A part's number is the matrix's, out of as many as were planned.
        #expect(jobs["run"]?["strategy"]?["matrix"]?["part"]?.string == "${{ fromJSON(needs.plan.outputs.parts) }}")
    }

    @Test("are an action whose inputs are all declared, all used, and all that the nightly run gives it")
    func action() throws {
        let file = "ci/github/action.yml"
        let root = try Self.yaml(file)
        let inputs = try #require(root["inputs"])
        let used = try Set(Repository.text(file).matches(of: /inputs\.([a-z]+)/).map { String($0.1) })
        #expect(used == Set(inputs.keys))
        for name in inputs.keys {
            let input = try #require(inputs[name])
            try input.allow("description", "required", "default")
            #expect((input["required"] == nil) != (input["default"] == nil), "\(name)")
        }
        let runs = try #require(root["runs"])
        #expect(try runs.text("using") == "composite")
        for step in try runs.list("steps") {
            // A step of an action names its shell, unlike one of a workflow.
            #expect((step["uses"] == nil) == (step["run"] != nil && step["shell"]?.string == "bash"), "\(step.place)")
        }
        let caller = try #require(try Self.yaml("ci/github/nightly.yml")["jobs"]?["run"]?.list("steps").first { $0["uses"]?.string == "./ci/github" })
        let given = Set(try #require(caller["with"]).keys)
        #expect(given.isSubset(of: Set(inputs.keys)))
        for name in inputs.keys where inputs[name]?["required"] != nil { #expect(given.contains(name), "\(name)") }
    }

    /// Runs the scripts of the action's steps as GitHub does, with stand-ins for what they start.
    @Test(
        "are an action that fails for exit codes that are not accepted",
        arguments: [(0, "0", 0), (1, "0", 1), (1, "0 1 3", 0), (13, "0 1 3", 13), (2, "0 1 3", 2)])
    func exitCodes(code: Int32, accepted: String, expected: Int32) throws {
        let step = try #require(try Self.yaml("ci/github/action.yml")["runs"]?.list("steps").first { $0["id"]?.string == "run" })
        let folder = try TemporaryFolder()
        let program = folder.path.appending("kmatrix")
        try ProgramFile.write(
            "#!/bin/bash\nprintf '%s\\n' \"$@\" >> \"$0.said\"\n[ $1 = report ] || { mkdir -p out; touch out/run.json; exit \(code); }\n",
            to: program)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.currentDirectoryURL = URL(filePath: folder.path.string)
        process.arguments = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", try #require(step["run"]?.string)]
        process.environment = [
            "PATH": "\(folder.path):/usr/bin:/bin", "ARGUMENTS": "--kernel '>=5.10,<6.13' --cgroup unified", "OUT": "out", "ACCEPT": accepted,
            "GITHUB_OUTPUT": folder.path.appending("output").string, "GITHUB_STEP_SUMMARY": folder.path.appending("summary").string,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == expected)
        #expect(try String(contentsOfFile: folder.path.appending("output").string, encoding: .utf8) == "exit-code=\(code)\n")
        let said = try String(contentsOfFile: "\(program).said", encoding: .utf8)
        #expect(
            said
                == ["run", "--out", "out", "--kernel", ">=5.10,<6.13", "--cgroup", "unified", "report", "out", "--format", "markdown"].map { "\($0)\n" }
                .joined())
    }

    @Test("have jobs in stages that there are")
    func gitlab() throws {
        let root = try Self.yaml("ci/gitlab/nightly.yml")
        let stages = try root.list("stages").compactMap(\.string)
        let jobs = root.keys.filter { !["stages", "default", "variables", "workflow"].contains($0) }
        #expect(jobs.count == stages.count)
        for job in jobs { #expect(try stages.contains(root[job]?.text("stage") ?? "") && !(root[job]?.list("script").isEmpty ?? true), "\(job)") }
        #expect(try root["part"]?.number("parallel", upTo: 100) ?? 0 > 1)
    }

    @Test("divide a Kubernetes job into as many parts as it has indices")
    func kubernetes() throws {
        let root = try Self.yaml("ci/cluster/kubernetes/parts.yml")
        let spec = try #require(root["spec"])
        #expect(try root.text("kind") == "Job" && root.text("apiVersion") == "batch/v1" && spec.text("completionMode") == "Indexed")
        let pod = try #require(spec["template"]?["spec"])
        // Kubernetes counts failures by index only of pods that are not started again in place.
        #expect(try pod.text("restartPolicy") == "Never" && spec["backoffLimitPerIndex"] != nil)
        let container = try #require(try pod.list("containers").first)
        let parts = try container.list("env").first { try $0.text("name") == "PARTS" }?.text("value")
        #expect(try parts == spec.text("completions"))
        let volumes = try pod.list("volumes").compactMap { try $0.text("name") }
        for mount in try container.list("volumeMounts") { #expect(try volumes.contains(mount.text("name") ?? "")) }
        #expect(try Self.yaml("ci/cluster/kubernetes/merge.yml").text("kind") == "Job")
    }
}
