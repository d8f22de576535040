import HostTools
public import SystemPackage

/// A package of Debian's archive other than a kernel, verified through the signed index.
public struct DebianPackage: Sendable {
    public let name: String
    public let version: String
    let address: String
    let package: PackageIndex.Package
    let transfer: Transfer

    /// Downloads the package and compares it with the index.
    /// - Throws: `CatalogueError`, `CancellationError`.
    public func fetch(to file: FilePath) async throws { try await transfer.fetch(address, to: file, size: package.size, checksum: package.checksum) }
}

extension KernelCatalogue {
    /// Finds a package by its name, in the newest release that has it.
    /// - Throws: `CatalogueError`, `CancellationError`.
    public func package(named name: String) async throws -> DebianPackage {
        let debian = try debian(newestFirst: true, further: [name])
        guard let found = try await debian.furtherPackage(name) else {
            throw CatalogueError(.notOffered, subject: name, detail: "no suite of Debian's archive has this package")
        }
        return DebianPackage(
            name: name, version: found.package.version, address: "\(found.archive)/\(found.package.filename)", package: found.package, transfer: debian.transfer
        )
    }
}
