import EvidenceStore
import Foundation
import MatrixModel
import SystemPackage
import TestSupport
import Testing

extension StandInRuns {
    /// As a power cut or a broken disk leaves files; resumption has tests of its own.
    @Suite("A run's folder of which a file was cut off")
    struct TruncationTests {
        let bench: StandInRun
        private var whole: FilePath { bench.folder.appending("whole") }
        private var cut: FilePath { bench.folder.appending("cut") }
        private static let cell = "cells/micro_6.1.0-fake_custom_hybrid"
        /// What a conclusion stands on.
        private static let proofs = ["run.json", "planned.jsonl", "SHA256SUMS", "\(cell)/verdict.json", "\(cell)/fabric.jsonl"]

        init() async throws {
            bench = try StandInRun()
            try await bench.run(["--out", whole.string])
        }

        private func lengths(_ file: String) throws -> Set<Int> {
            let size = try #require(FileManager.default.contents(atPath: whole.appending(file).string)).count
            return Set([0, 1, size / 2, size - 1].filter { $0 < size })
        }

        /// A copy in which the file is cut off.
        private func copy(_ file: String, at length: Int, isSealed: Bool = true) throws {
            try? FileManager.default.removeItem(atPath: cut.string)
            try FileManager.default.copyItem(atPath: whole.string, toPath: cut.string)
            if !isSealed { try FileManager.default.removeItem(atPath: cut.appending("SHA256SUMS").string) }
            #expect(truncate(cut.appending(file).string, length) == 0)
        }

        /// The cells that are not what they were; nil when it is no run at all.
        private func doubted() throws -> Set<String>? {
            do {
                let run = try StoredRun(reading: cut)
                for cell in run.document.cells where cell.verdict != .compatible {
                    #expect(cell.verdict == .inconclusive && cell.cause == .evidenceLost, "\(cell.summary)")
                }
                #expect(run.document.cells.count == StandInRun.layouts.count)
                return Set(run.document.cells.filter { $0.verdict != .compatible }.map(\.cgroup.rawValue))
            } catch {
                #expect("\(error)".contains(cut.string))
                return nil
            }
        }

        @Test("is no intact run, and what is lost costs the cells it is about", arguments: proofs, [true, false])
        func read(file: String, isSealed: Bool) throws {
            guard isSealed || file != "SHA256SUMS" else { return }
            for length in try lengths(file) {
                try copy(file, at: length, isSealed: isSealed)
                let doubted = try doubted()
                let (place, size) = ("\(file) at \(length)", try #require(FileManager.default.contents(atPath: whole.appending(file).string)).count)
                // The last byte is the end of a line, and JSON and checksums are whole without it.
                let isHarmless = length == size - 1 && (file == "SHA256SUMS" || file == "planned.jsonl" && !isSealed)
                switch file {
                case "run.json": #expect(doubted == nil, "\(place)")
                case "planned.jsonl": #expect(doubted == [], "\(place)")
                // Of a verdict that was sealed and is not the one that was sealed nothing is believed; without any seal a verdict stands for itself.
                case "SHA256SUMS": #expect(doubted != nil && (!isHarmless || doubted == []), "\(place)")
                default: #expect(doubted == ["hybrid"], "\(place)")
                }
                #expect(((try? StoredRun.intact(at: cut)) != nil) == isHarmless, "\(place)")
            }
        }

        @Test("is told by every command, or the command says why it cannot", arguments: proofs)
        func commands(file: String) async throws {
            for length in try lengths(file).sorted().prefix(3) {
                try copy(file, at: length)
                let place = "\(file) at \(length)"
                let doubted = try doubted()
                let merged = bench.folder.appending("merged-\(length)").string
                for arguments in [
                    ["diff", whole.string, cut.string, "--exit-code"], ["merge", merged, whole.string, cut.string],
                    ["history", "import", cut.string, "--history", bench.folder.appending("other.sqlite").string],
                ] {
                    let said = try await bench.kmatrix(arguments)
                    #expect(said.code == 2 && said.stderr.contains(cut.string) && said.stderr.contains(file), "\(place): \(arguments[0]): \(said)")
                }
                #expect(!FileManager.default.fileExists(atPath: merged))
                for format in ["jsonl", "markdown", "junit", "html"] {
                    let said = try await bench.kmatrix(
                        ["report", cut.string, "--format", format] + (format == "html" ? ["--out", bench.folder.appending("site-\(length)").string] : []))
                    #expect(doubted == nil ? said.code == 2 : [0, 1, 3].contains(said.code ?? -1), "\(place): \(format): \(said)")
                    #expect(said.stderr.contains(file), "\(place): \(format): \(said)")
                    if format == "jsonl", let doubted {
                        let green = said.stdout.split(separator: "\n").filter { $0.contains("\"verdict\":\"compatible\"") }
                        #expect(green.count == StandInRun.layouts.count - doubted.count, "\(place)")
                    }
                }
            }
        }

        @Test("is shown when it is other evidence, whatever is left of it")
        func evidence() async throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: whole.appending(Self.cell).string).sorted()
            let others = names.map { "\(Self.cell)/\($0)" }.filter {
                !Self.proofs.contains($0) && (FileManager.default.contents(atPath: whole.appending($0).string)?.count ?? 0) > 0
            }
            #expect(others.count > 4)
            for file in others {
                for length in try lengths(file).sorted().prefix(3) {
                    try copy(file, at: length)
                    let said = try await bench.kmatrix(["report", cut.string, "--format", "html", "--out", bench.folder.appending("site").string])
                    #expect(said.code == 0, "\(file) at \(length): \(said)")
                    #expect(try doubted() == [])
                }
            }
        }
    }
}
