import HostTools
import Archives
import SystemPackage

/// A bundle that is a Debian or RPM package. The package's own tool hands out its content as a stream, which is read here in memory:
/// nothing is unpacked, so no path, link or device in it can reach anything on this machine.
struct PackageArchive: BundleSource {
    enum Kind: Sendable { case deb, rpm }

    /// Of a package's content, unpacked, in bytes: a small file can hold any amount.
    static let largestContent = 512 << 20

    private let path: FilePath
    private let kind: Kind
    private let files: [String: [UInt8]]

    init(path: FilePath, kind: Kind, limit: Int = largestContent) async throws {
        // A name that begins with a dash is not an option.
        self.path = path.isAbsolute ? path : FilePath(".").appending(path.components)
        self.kind = kind
        let stream: [UInt8]
        switch kind {
        case .deb: stream = try await Self.output(of: .dpkgDeb, ["--fsys-tarfile", self.path.string], bundle: path, limit: limit)
        case .rpm: stream = try await Self.output(of: .rpm2cpio, [self.path.string], bundle: path, limit: limit)
        }
        do throws(PackageStreamError) {
            let members = kind == .deb ? try TarReader.members(of: stream, largest: largestPart) : try CpioReader.members(of: stream, largest: largestPart)
            files = Dictionary(members.filter { $0.kind == .file }.map { ($0.path, Array(stream[$0.content])) }, uniquingKeysWith: { $1 })
        } catch {
            switch error {
            case .malformed(let reason): throw AgentBundleError(.badPackage, subject: path.string, detail: reason)
            case .unsafe(let reason): throw AgentBundleError(.unsafePackage, subject: path.string, detail: reason)
            case .tooLarge(let reason): throw AgentBundleError(.tooLarge, subject: path.string, detail: reason)
            }
        }
    }

    func file(_ name: String) async throws -> [UInt8]? { files[name] }

    var identity: PackageIdentity {
        get async throws {
            let output: [UInt8]
            switch kind {
            case .deb:
                output = try await Self.output(of: .dpkgDeb, ["--show", "--showformat=${Package}\n${Version}\n", path.string], bundle: path, limit: 1 << 10)
            case .rpm:
                do {
                    output = try await Self.output(
                        of: .rpm, ["--query", "--package", "--nosignature", "--queryformat", "%{NAME}\n%{VERSION}-%{RELEASE}\n", path.string], bundle: path,
                        limit: 1 << 10)
                } catch let error as AgentBundleError where error.code == .toolMissing {
                    // Then the report lacks the version, and the bundle is recognised by its files alone.
                    return PackageIdentity()
                }
            }
            let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            func word(_ index: Int) -> String? {
                lines.indices.contains(index) ? lines[index].prefix(100).split(whereSeparator: \.isWhitespace).first.map(String.init) : nil
            }
            return PackageIdentity(name: word(0), version: word(1))
        }
    }

    private static func output(of tool: HostTool, _ arguments: [String], bundle: FilePath, limit: Int) async throws -> [UInt8] {
        do {
            return try await ToolLauncher().succeed(tool, arguments, limit: limit).output
        } catch let error as HostToolError {
            throw AgentBundleError(error, bundle: bundle)
        }
    }
}

extension AgentBundleError {
    /// Why a program of this machine could not read a bundle.
    init(_ error: HostToolError, bundle: FilePath) {
        switch error.code {
        case .missing: self.init(.toolMissing, subject: error.tool.name, detail: error.tool.package)
        case .tooLarge: self.init(.tooLarge, subject: bundle.string, detail: "\(error.detail) from \(error.tool.name)")
        case .failed: self.init(.badPackage, subject: bundle.string, detail: error.detail)
        case .noSpace, .notStarted: self.init(.unreadable, subject: bundle.string, detail: error.description)
        }
    }
}
