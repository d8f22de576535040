import EvidenceStore
import Foundation
import MatrixModel
import StrictYAML
import SystemPackage
import TestSupport
import Testing

extension StandInRuns {
    /// Every script of the GitHub and GitLab files, executed in the order of their jobs, in a checkout whose matrix is small. The program is the
    /// real one; its guests are stand-ins, and so are apt, sudo and what builds the package.
    @Suite("Workflows, executed")
    struct WorkflowTests {
        let bench: StandInRun
        private var checkout: FilePath { bench.folder.appending("checkout") }
        private var programs: FilePath { bench.folder.appending("programs") }

        init() throws {
            bench = try StandInRun()
            let settings = bench.environment.merging(["XDG_CACHE_HOME": bench.folder.appending("cache").string, "HOME": bench.folder.string]) { $1 }
            let exports = settings.sorted { $0.key < $1.key }.map { "export \($0.key)='\($0.value)'" }.joined(separator: "\n")
            for folder in ["programs", "checkout/ci/cluster", "checkout/images", "checkout/.build-release/kmatrix"] {
                try FileManager.default.createDirectory(atPath: bench.folder.appending(folder).string, withIntermediateDirectories: true)
            }
            let kmatrix = "\(exports)\nexec '\(try BuiltProgram.path("kmatrix"))' \"$@\""
            for place in [programs.appending("kmatrix"), checkout.appending("ci/kmatrix"), checkout.appending(".build-release/kmatrix/kmatrix")] {
                try RealSlurm.script(kmatrix, at: place)
            }
            try RealSlurm.script("exec \"$@\"", at: programs.appending("sudo"))
            try RealSlurm.script("printf '%s ' apt-get \"$@\" >> '\(bench.folder)/apt'; echo >> '\(bench.folder)/apt'", at: programs.appending("apt-get"))
            try RealSlurm.script("exit 0", at: checkout.appending("ci/setup"))
            try RealSlurm.script(
                "echo made > '\(bench.folder)/kmatrix_0.1.0_amd64.deb'; echo '\(bench.folder)/kmatrix_0.1.0_amd64.deb'", at: checkout.appending("ci/package"))
            try FileManager.default.copyItem(atPath: Repository.path.appending("ci/cluster/part").string, toPath: checkout.appending("ci/cluster/part").string)
            let matrix = "name: small\ncells:\n  - kernel: \(bench.kernel)\n    cgroup: [\(StandInRun.layouts.joined(separator: ", "))]\n"
            try matrix.write(toFile: checkout.appending("images/nightly.yml").string, atomically: true, encoding: .utf8)
        }

        private func yaml(_ file: String) throws -> YAMLNode { try YAMLNode(parsing: Repository.text(file), source: file) }

        /// Runs a script as both services' runners do, in the checkout.
        /// - Returns: Its exit code, and what it wrote to its streams.
        private func bash(_ script: String, _ environment: [String: String] = [:]) throws -> (code: Int32, said: String) {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.currentDirectoryURL = URL(filePath: checkout.string)
            process.arguments = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
            process.environment = ["PATH": "\(programs):/usr/bin:/bin", "HOME": bench.folder.string, "HISTORY": "state/history.sqlite"].merging(environment) {
                $1
            }
            let output = bench.folder.appending("said").string
            _ = FileManager.default.createFile(atPath: output, contents: nil)
            let file = try #require(FileHandle(forWritingAtPath: output))
            (process.standardOutput, process.standardError) = (file, file)
            try process.run()
            process.waitUntilExit()
            return (process.terminationStatus, try String(contentsOfFile: output, encoding: .utf8))
        }

        /// Replaces GitHub's expressions by their values; each must have one.
        private func evaluate(_ text: String, _ values: [String: String]) throws -> String {
            var result = text
            for match in text.matches(of: /\$\{\{ *([^}]+?) *\}\}/) {
                result = result.replacing(String(match.0), with: try #require(values[String(match.1)], "\(match.1)"))
            }
            return result
        }

        /// The outputs of a step, as it wrote them.
        private func outputs(_ file: FilePath) throws -> [String: String] {
            let lines = ((try? String(contentsOfFile: file.string, encoding: .utf8)) ?? "").split(separator: "\n").map {
                $0.split(separator: "=", maxSplits: 1)
            }
            return Dictionary(lines.map { (String($0[0]), $0.count > 1 ? String($0[1]) : "") }) { $1 }
        }

        /// Runs all scripts of a list of steps.
        /// - Returns: The outputs, as `steps.ID.outputs.NAME`, and the codes of the steps that may fail.
        @discardableResult
        private func run(_ steps: [YAMLNode], _ values: [String: String], _ environment: [String: String] = [:], call: (YAMLNode) throws -> Void = { _ in })
            throws -> (values: [String: String], codes: [Int32])
        {
            var (values, codes) = (values, [Int32]())
            for (number, step) in steps.enumerated() {
                guard let script = try step.text("run") else {
                    try call(step)
                    continue
                }
                // One that only tells of another's failure.
                if step["if"]?.string?.contains("failure") == true { continue }
                let file = bench.folder.appending("output-\(number)")
                try? FileManager.default.removeItem(atPath: file.string)
                var further = [
                    "GITHUB_OUTPUT": file.string, "GITHUB_STEP_SUMMARY": bench.folder.appending("summary").string, "RUNNER_TEMP": bench.folder.string,
                ].merging(environment) { $1 }
                for name in step["env"]?.keys ?? [] { further[name] = try evaluate(step["env"]?.text(name) ?? "", values) }
                let (code, said) = try bash(try evaluate(script, values), further)
                if step["continue-on-error"] != nil { codes.append(code) } else { #expect(code == 0, "\(step.place): \(said)") }
                if let id = try step.text("id") { for (name, value) in try outputs(file) { values["steps.\(id).outputs.\(name)"] = value } }
            }
            return (values, codes)
        }

        /// Runs the action, as the workflow calls it.
        private func action(_ step: YAMLNode, _ values: [String: String]) throws {
            guard step["uses"]?.string == "./ci/github" else { return }
            let root = try yaml("ci/github/action.yml")
            var inputs: [String: String] = [:]
            for name in root["inputs"]?.keys ?? [] { inputs["inputs.\(name)"] = try root["inputs"]?[name]?.text("default") ?? "" }
            for name in step["with"]?.keys ?? [] { inputs["inputs.\(name)"] = try evaluate(step["with"]?.text(name) ?? "", values) }
            try run(try #require(root["runs"]).list("steps"), inputs)
        }

        @Test("GitHub's nights plan, run their parts, merge, publish and compare, and one with an unproven cell says so")
        func github() throws {
            let jobs = try #require(try yaml("ci/github/nightly.yml")["jobs"])
            func steps(_ job: String) throws -> [YAMLNode] { try #require(jobs[job]).list("steps") }
            for night in 1...3 {
                // Each job has a checkout of its own, and `state` is what is kept from night to night.
                #expect(try bash("rm -rf runs artifacts parts merged site junit.xml").code == 0)
                // In the third one a guest is killed each time, as by a machine without memory.
                if night == 3 { try bench.trouble("case $PWD in *hybrid*) kill -KILL $$ ;; esac") }
                let planned = try run(try steps("plan"), [:]).values
                #expect(planned["steps.parts.outputs.parts"] == "[1]" && planned["steps.parts.outputs.count"] == "1", "\(planned)")
                // More parts than it would make of so few cells.
                for part in 1...2 {
                    let values = ["matrix.part": "\(part)", "needs.plan.outputs.count": "2"]
                    try run(try steps("run"), values) { try action($0, values) }
                    #expect(
                        try bash("mkdir -p artifacts/part-\(part) artifacts/products; cp '\(bench.folder)/kmatrix-run.tar' artifacts/part-\(part)/").code == 0)
                }
                let merge = try steps("merge")
                let last = try #require(try merge.last { $0["if"]?.string?.contains("failure") == true }?.text("run"))
                if night < 3 {
                    #expect(try run(merge, [:]).codes == [0])
                } else {
                    // The cell that was proven the night before is not any more, which its comparison says too.
                    let comparison = try #require(merge.firstIndex { try $0.text("run")?.contains("diff previous latest") == true })
                    #expect(try run(merge.enumerated().filter { $0.offset != comparison }.map(\.element), [:]).codes == [3])
                    #expect(try bash(try #require(try merge[comparison].text("run"))).code == 3)
                    #expect(try bash(last).code == 1)
                }
                let cells = try StoredRun.intact(at: checkout.appending("merged")).document.cells
                #expect(cells.map(\.verdict) == [.compatible, night < 3 ? .compatible : .inconclusive, .compatible])
                for file in ["site/index.html", "junit.xml"] { #expect(FileManager.default.fileExists(atPath: checkout.appending(file).string), "\(file)") }
            }
            let summary = try String(contentsOfFile: bench.folder.appending("summary").string, encoding: .utf8)
            #expect(summary.contains("part 1/2") && summary.contains("part 2/2"))
            #expect(
                try String(contentsOfFile: bench.folder.appending("apt").string, encoding: .utf8).contains("apt-get install -q -y \(bench.folder)/kmatrix.deb"))
        }

        @Test("GitLab's nights plan, run four parts, merge, publish and compare, and one with an unproven cell says so")
        func gitlab() throws {
            let root = try yaml("ci/gitlab/nightly.yml")
            let parts = try #require(try root["part"]?.number("parallel", upTo: 100))
            func run(_ job: String, _ environment: [String: String] = [:]) throws -> (code: Int32, said: String) {
                // A runner joins the lines of a script.
                let lines = try #require(root[job]).list("script").compactMap(\.string)
                return try bash(
                    lines.joined(separator: "\n"),
                    ["CI_PROJECT_DIR": checkout.string, "XDG_CACHE_HOME": checkout.appending(".cache").string].merging(environment) { $1 })
            }
            for night in 1...2 {
                if night == 2 { try bench.trouble("case $PWD in *hybrid*) kill -KILL $$ ;; esac") }
                #expect(try bash("rm -rf parts merged public; [ ! -e products ] || mv products .build-release/kmatrix").code == 0)
                let planned = try run("plan")
                #expect(planned.code == 0, "\(planned.said)")
                for part in 1...parts {
                    let said = try run("part", ["CI_NODE_INDEX": "\(part)", "CI_NODE_TOTAL": "\(parts)"])
                    #expect(said.code == 0, "\(said.said)")
                }
                let merged = try run("merge")
                #expect(merged.code == (night == 1 ? 0 : 3), "\(merged.said)")
                #expect(try root["merge"]?["allow_failure"]?.list("exit_codes").compactMap(\.string).contains("3") == true)
                #expect(try run("pages").code == 0)
                let compared = try run("compare")
                #expect(compared.code == (night == 1 ? 0 : 3), "\(compared.said)")
                #expect(
                    try StoredRun.intact(at: checkout.appending("merged")).document.cells.map(\.verdict) == [
                        .compatible, night == 1 ? .compatible : .inconclusive, .compatible,
                    ])
            }
            // Every job was executed.
            #expect(Set(root.keys).subtracting(["stages", "default", "variables", "workflow"]) == ["plan", "part", "merge", "pages", "compare"])
        }
    }
}
