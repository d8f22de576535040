import ArgumentParser
import EvidenceStore
import Foundation

/// How a listing is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, jsonl
}

/// Standard output, for results alone; everything said about the work goes to standard error.
enum StandardOutput {
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    /// Colour only on a terminal, and not when the user asks for none (no-color.org).
    static var showsColour: Bool { isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty }

    static func write(_ text: String) { write(Array(text.utf8)) }

    static func write(_ bytes: [UInt8]) { FileHandle.standardOutput.write(Data(bytes)) }

    static func writeJSON(_ value: some Encodable, isCompact: Bool = false) throws {
        write(String(decoding: try RunFolder.encoder(isCompact: isCompact).encode(value), as: UTF8.self) + "\n")
    }
}

enum StandardInput {
    /// All of it as text, up to a limit.
    static func text(limit: Int) throws -> String { String(decoding: try FileHandle.standardInput.read(upToCount: limit) ?? Data(), as: UTF8.self) }
}

enum StandardError {
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
    static func line(_ text: String) { write(text + "\n") }
}
