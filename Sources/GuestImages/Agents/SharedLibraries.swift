import Foundation
import HostTools
import SystemPackage

/// The loader and the shared libraries that a program needs and a bare guest does not have; they come from this machine.
enum SharedLibraries {
    static let folders: [FilePath] = ["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]

    /// Empty for a static program. Paths as the program's loader looks for them.
    static func needed(by program: [UInt8], of bundle: FilePath) async throws -> [FilePath] {
        // ELF, 64 bits, little endian, x86-64 (System V ABI).
        guard program.count > 64, program.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), program[18] == 62, program[19] == 0 else {
            throw AgentBundleError(.notExecutable, subject: bundle.string, detail: "it starts with \(program.prefix(4).map { String($0, radix: 16) }.joined(separator: " "))")
        }
        let header = try await readelf(program, of: bundle, ["--program-headers", "--dynamic", "--wide"])
        guard let loader = text(in: header, after: "[Requesting program interpreter: ") else { return [] }
        var found: [FilePath] = [try locate(loader, bundle)]
        var waiting = libraries(in: header)
        var seen: Set<String> = []
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted else { continue }
            let path = try locate(name, bundle)
            found.append(path)
            let bytes = FileManager.default.contents(atPath: path.string).map(Array.init) ?? []
            waiting += libraries(in: try await readelf(bytes, of: bundle, ["--dynamic", "--wide"]))
        }
        return Array(Set(found)).sorted { $0.string < $1.string }
    }

    /// A library where the guest's loader looks for it: at the same path as here.
    static func item(_ path: FilePath) -> PayloadSpec.Item { PayloadSpec.Item(path: String(path.string.drop { $0 == "/" }), source: .file(path), mode: 0o755) }

    static func locate(_ name: String, _ bundle: FilePath) throws -> FilePath {
        // A loader has a whole path and a library a bare name (elf(5)); a program must not have any other file of this machine brought to it.
        let whole = FilePath(name)
        let isLoader = name.hasPrefix("/") && folders.contains(whole.removingLastComponent()) && !name.split(separator: "/").contains("..")
        let candidates = isLoader ? [whole] : name.contains("/") || name == ".." ? [] : folders.map { $0.appending(name) }
        guard let path = candidates.first(where: { FileManager.default.isReadableFile(atPath: $0.string) }) else {
            throw AgentBundleError(.libraryMissing, subject: bundle.string, detail: name)
        }
        return path
    }

    private static func libraries(in dump: String) -> [String] {
        dump.split(separator: "\n").compactMap { line in line.contains("(NEEDED)") ? text(in: String(line), after: "[") : nil }
    }

    private static func text(in dump: String, after mark: String) -> String? {
        guard let start = dump.range(of: mark)?.upperBound else { return nil }
        return String(dump[start...].prefix { $0 != "]" })
    }

    private static func readelf(_ bytes: [UInt8], of bundle: FilePath, _ arguments: [String]) async throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "kmatrix-bundle-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        // It seeks, so it takes a file and no pipe.
        try Data(bytes).write(to: file, options: .withoutOverwriting)
        do {
            // It complains of sections it does not know and says the rest.
            return try await ToolLauncher().run(.readelf, arguments + [file.path], limit: 4 << 20).stdout
        } catch let error as HostToolError {
            throw AgentBundleError(error, bundle: bundle)
        }
    }
}
