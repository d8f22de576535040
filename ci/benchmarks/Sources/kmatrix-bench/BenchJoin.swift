@testable import KmatrixCommands
import ArgumentParser
import EvidenceStore
import Foundation
import MatrixReport
import Measurements
import SystemPackage

/// `ci/bench join`: what the parts left becomes one measurement.
struct BenchJoin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Join the parts of 'ci/bench all'; exits with 3 when a part is missing")

    @Argument(help: "Folder with PART.json (output), PART.err (messages) and PART.end (exit code and seconds) of each part")
    var folder: String

    @Option(help: "Output file (default: stdout)", completion: .file(extensions: ["json"]))
    var out: String?

    func run() async throws {
        let place = WorkingFolder.path(folder)
        var parts: [BenchPart: BenchPart.Outcome] = [:]
        for part in BenchPart.allCases { parts[part] = Self.outcome(of: part, in: place) }
        let document = BenchDocument(kmatrix: KmatrixVersion.current, finished: Date().formatted(.iso8601), machine: await BenchMachine.here(), parts: parts)
        if let out { try BenchFile.write(document, to: out) } else { try StandardOutput.writeJSON(document) }
        for (part, reason) in document.absent { StandardError.line("absent: \(part.rawValue): \(reason)") }
        if !document.absent.isEmpty { throw ExitCodes.notProven }
    }

    /// - Returns: Nil for a part that was not begun.
    private static func outcome(of part: BenchPart, in folder: FilePath) -> BenchPart.Outcome? {
        func data(_ ending: String) -> Data? { FileManager.default.contents(atPath: folder.appending("\(part.rawValue).\(ending)").string) }
        guard let end = data("end") else { return nil }
        let numbers = String(decoding: end, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard numbers.first == "0", numbers.count == 2, let seconds = Double(numbers[1]) else {
            return .absent(
                reason: lastWords(String(decoding: data("err") ?? Data(), as: UTF8.self))
                    ?? "it ended with exit code \(numbers.first ?? "unknown") and said nothing")
        }
        do { return .measured(try JSONDecoder().decode(BenchPart.Measurement.self, from: data("json") ?? Data()), seconds: seconds) } catch {
            return .absent(reason: "what it printed cannot be read: \(error)")
        }
    }

    /// Why a program ended: the error it named, else the last that it said.
    static func lastWords(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { VisibleText.line($0.trimmingCharacters(in: .whitespaces)) }.filter { !$0.isEmpty }
        return lines.last { $0.hasPrefix("Error: ") }.map { String($0.dropFirst("Error: ".count)) } ?? lines.last
    }
}
