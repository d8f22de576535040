import Foundation
import HostTools
import MatrixModel
import SystemPackage

/// The loader and the shared libraries that a program needs and a bare guest does not have; they come from this machine.
enum SharedLibraries {
    static func folders(_ architecture: Architecture) -> [FilePath] {
        let own = "\(architecture.machine)-linux-gnu"
        return ["/lib/\(own)", "/usr/lib/\(own)", "/lib64", "/usr/lib64", "/lib", "/usr/lib"].map { FilePath($0) }
    }

    /// Empty for a static program. Paths as the program's loader looks for them.
    static func needed(by program: [UInt8], of bundle: FilePath, for architecture: Architecture = .host) async throws -> [FilePath] {
        // ELF, 64 bits, little endian (System V ABI).
        guard machine(of: program) != nil else {
            throw AgentBundleError(
                .notExecutable, subject: bundle.string, detail: "it starts with \(program.prefix(4).map { String($0, radix: 16) }.joined(separator: " "))")
        }
        guard machine(of: program) == architecture.elfMachine else {
            throw AgentBundleError(.otherArchitecture, subject: bundle.string, detail: architecture.title)
        }
        let header = try await readelf(program, of: bundle, ["--program-headers", "--dynamic", "--wide"])
        guard let loader = text(in: header, after: "[Requesting program interpreter: ") else { return [] }
        var found: [FilePath] = [try locate(loader, bundle, architecture)]
        var waiting = libraries(in: header)
        var seen: Set<String> = []
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted else { continue }
            let path = try locate(name, bundle, architecture)
            found.append(path)
            let bytes = FileManager.default.contents(atPath: path.string).map(Array.init) ?? []
            waiting += libraries(in: try await readelf(bytes, of: bundle, ["--dynamic", "--wide"]))
        }
        return Array(Set(found)).sorted { $0.string < $1.string }
    }

    /// A library where the guest's loader looks for it: at the same path as here.
    static func item(_ path: FilePath) -> PayloadSpec.Item { PayloadSpec.Item(path: String(path.string.drop { $0 == "/" }), source: .file(path), mode: 0o755) }

    static func locate(_ name: String, _ bundle: FilePath, _ architecture: Architecture = .host) throws -> FilePath {
        // A loader has a whole path and a library a bare name (elf(5)); a program must not have any other file of this machine brought to it.
        let whole = FilePath(name)
        let folders = folders(architecture)
        let isLoader = name.hasPrefix("/") && folders.contains(whole.removingLastComponent()) && !name.split(separator: "/").contains("..")
        let candidates = isLoader ? [whole] : name.contains("/") || name == ".." ? [] : folders.map { $0.appending(name) }
        guard let path = candidates.first(where: { isLibrary($0, of: architecture) }) else {
            throw AgentBundleError(.libraryMissing, subject: bundle.string, detail: name)
        }
        return path
    }

    /// Folders that are no architecture's own may have another's.
    private static func isLibrary(_ path: FilePath, of architecture: Architecture) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path.string) else { return false }
        defer { try? file.close() }
        return machine(of: (try? file.read(upToCount: 64)).map(Array.init) ?? []) == architecture.elfMachine
    }

    /// The machine that an ELF file of 64 bits is for; nil for any other file.
    private static func machine(of bytes: [UInt8]) -> UInt16? {
        guard bytes.count >= 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
        return UInt16(bytes[18]) | UInt16(bytes[19]) << 8
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
