import Foundation
import SystemPackage
import TestSupport

@testable import QEMUGuest

/// QEMU with other arguments than the harness gives it, so that a test can take away what keeps a guest in.
struct ChangedEmulator {
    /// What stands in an argument, and what stands there then.
    var replaced: [(String, String)] = []
    /// Arguments beyond the harness's.
    var added: [String] = []
    /// Done in the guest's folder before QEMU starts, in the shell's words.
    var before = ""

    /// Makes the program in a folder.
    func program(in folder: FilePath) async throws -> Emulator {
        let emulator = try await Emulator.find()
        let changes = replaced.map { "argument=${argument//\(Self.quote($0))/\(Self.quote($1))}" }.joined(separator: "\n    ")
        let text = """
            #!/bin/bash
            arguments=()
            for argument in "$@"; do
                \(changes.isEmpty ? ":" : changes)
                arguments+=("$argument")
            done
            \(before)
            exec \(Self.quote(emulator.path.string)) "${arguments[@]}" \(added.map(Self.quote).joined(separator: " "))
            """
        let path = folder.appending("qemu-\(UUID().uuidString)")
        try ProgramFile.write(text, to: path)
        return Emulator(path: path, version: emulator.version)
    }

    private static func quote(_ text: String) -> String { "'\(text.replacing("'", with: #"'\''"#))'" }
}
