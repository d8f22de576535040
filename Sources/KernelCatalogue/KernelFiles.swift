import Foundation
import HostTools
public import MatrixModel
public import SystemPackage

/// A fetched, verified and unpacked kernel.
public struct KernelFiles: Sendable {
    public let identity: KernelIdentity
    /// The compressed image as the package has it.
    public let image: FilePath
    /// The kernel's `lib/modules/<release>`.
    public let modules: FilePath?
    /// The kernel's configuration.
    public let config: FilePath?
    public let packages: [FetchedPackage]

    /// Finds the image, modules and configuration at the paths that vendors' packages of different years use.
    /// - Throws: `CatalogueError` with `brokenPackage` when there is no image.
    init(of kernel: CatalogueKernel, in folder: FilePath) throws(CatalogueError) {
        let release = kernel.identity.release
        func first(_ names: [String]) -> FilePath? {
            names.map { folder.appending($0) }.first { FileManager.default.fileExists(atPath: $0.string) }
        }
        let modules = ["usr/lib/modules/\(release)", "lib/modules/\(release)"]
        guard let image = first(["boot/vmlinuz-\(release)"] + modules.map { $0 + "/vmlinuz" }) else {
            throw CatalogueError(.brokenPackage, subject: kernel.packages.first?.address ?? release, detail: "it holds no kernel image of \(release)")
        }
        identity = kernel.identity
        self.image = image
        self.modules = modules.map { folder.appending($0) }.first { FileManager.default.fileExists(atPath: $0.appending("kernel").string) }
        config = first(["boot/config-\(release)"] + modules.map { $0 + "/config" })
        packages = kernel.packages.map {
            FetchedPackage(name: $0.name, version: $0.version, address: $0.address, checksum: $0.checksum.hexadecimal, bytes: $0.size)
        }
    }
}

public struct FetchedPackage: Hashable, Sendable {
    public let name: String
    public let version: String
    public let address: String
    /// SHA-256, -384 or -512, in hexadecimal.
    public let checksum: String
    public let bytes: Int
}
