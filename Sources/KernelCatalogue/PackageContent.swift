import Foundation
import HostTools
import Archives
import SystemPackage

/// Writes a package's kernel files below a folder, and nothing outside it.
///
/// The package's own tool only provides the content as a stream. Links are never created, so no path can lead through one. A member behind a
/// link is rejected, as is every path that leads out of the folder.
enum PackageContent {
    enum Form { case deb, rpm }

    /// The limit for a package's unpacked content, in bytes: the modules of the largest kernels take a third of it.
    static let largest = 3 << 30

    /// - Throws: `CatalogueError` with `brokenPackage`, `tooLarge`, `noSpace`, `toolMissing`.
    static func unpack(_ package: FilePath, as form: Form, into folder: FilePath, address: String, limit: Int = largest) async throws {
        let stream = folder.appending(".stream")
        defer { unlink(stream.string) }
        do {
            let (archive, members) = try await members(of: package, as: form, stream: stream, address: address, limit: limit)
            try write(members, of: archive, below: folder)
        } catch let error as PackageStreamError {
            switch error {
            case .malformed(let reason), .unsafe(let reason), .tooLarge(let reason): throw CatalogueError(.brokenPackage, subject: address, detail: reason)
            }
        } catch let error as Errno {
            throw CatalogueError(error == .noSpace || error == .diskQuotaExceeded ? .noSpace : .brokenPackage, subject: address, detail: "\(error)")
        }
    }

    /// The members of a package, and the stream that contains them.
    /// - Parameter stream: The file for the stream.
    static func members(of package: FilePath, as form: Form, stream: FilePath, address: String, limit: Int = largest) async throws -> (Data, [PackageMember]) {
        let (tool, arguments): (HostTool, [String]) =
            switch form {
            case .deb: (.dpkgDeb, ["--fsys-tarfile", package.string])
            case .rpm: (.rpm2cpio, [package.string])
            }
        do {
            try await ToolLauncher().write(tool, arguments, to: stream, limit: limit)
        } catch let error as HostToolError {
            throw CatalogueError(error, subject: address)
        }
        let archive = try Data(contentsOf: URL(filePath: stream.string), options: .alwaysMapped)
        return (archive, form == .deb ? try TarReader.members(of: archive, largest: limit) : try CpioReader.members(of: archive, largest: limit))
    }

    private static func write(_ members: [PackageMember], of archive: Data, below folder: FilePath) throws {
        let links = Set(members.filter { $0.kind == .link }.map(\.path))
        for member in members where member.kind == .file {
            let parents = Self.parents(of: member.path)
            guard links.isDisjoint(with: parents) else { throw PackageStreamError.unsafe("\(member.path.prefix(200).debugDescription) lies behind a link") }
            guard isOfKernel(member.path) else { continue }
            let place = folder.appending(member.path)
            try FileManager.default.createDirectory(atPath: place.removingLastComponent().string, withIntermediateDirectories: true)
            let file = try FileDescriptor.open(
                place, .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(archive[member.content]) }
        }
    }

    /// `a` and `a/b` of `a/b/c`.
    private static func parents(of path: String) -> Set<String> {
        let parts = path.split(separator: "/")
        return Set((1..<max(parts.count, 1)).map { parts.prefix($0).joined(separator: "/") })
    }

    /// Documentation and symbols are not needed.
    private static func isOfKernel(_ path: String) -> Bool {
        ["boot/", "lib/modules/", "usr/lib/modules/"].contains(where: path.hasPrefix) && !path.contains("System.map")
    }
}
