import Foundation
import SystemPackage

/// A bundle that lies in a folder: an unpacked package, or the flat layout of upstream's zip.
struct BundleFolder: BundleSource {
    private let path: FilePath

    init(path: FilePath) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path.string, isDirectory: &isFolder) else {
            throw AgentBundleError(.unreadable, subject: path.string, detail: "no such file or folder")
        }
        guard isFolder.boolValue else { throw AgentBundleError(.unreadable, subject: path.string, detail: "not a folder, .deb or .rpm") }
        self.path = path
    }

    func file(_ name: String) async throws -> [UInt8]? {
        let file = path.appending(name)
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.string)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
        guard let size = attributes?[.size] as? Int, size <= largestPart else {
            throw AgentBundleError(.tooLarge, subject: path.string, detail: name)
        }
        guard let bytes = FileManager.default.contents(atPath: file.string) else {
            throw AgentBundleError(.unreadable, subject: file.string, detail: "permission denied")
        }
        return Array(bytes)
    }

    var identity: PackageIdentity { get async throws { PackageIdentity() } }
}
