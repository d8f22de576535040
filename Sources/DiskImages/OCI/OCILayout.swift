import Foundation
import SystemPackage

/// An image layout in a folder: `oci-layout`, `index.json`, and the blobs by their digests.
struct OCILayout: BlobSource {
    let folder: FilePath

    func document(_ selection: OCIReference.Selection) async throws -> [UInt8] {
        let index = try read("index.json")
        guard case .manifests(let all) = try OCIDocument(index, subject: folder.string).content else { return index }
        let chosen = all.filter { descriptor in
            switch selection {
            case .tag(let tag): descriptor.name == tag
            case .digest(let digest): descriptor.digest == digest
            case .unsaid: true
            }
        }
        guard let only = chosen.first, chosen.count == 1 else {
            let names = all.map { $0.name ?? $0.digest.description }.sorted().prefix(20)
            throw DiskImageError(.notFound, subject: folder.string, detail: "it holds \(names.joined(separator: ", ")); name one after a colon")
        }
        return try await document(only)
    }

    func document(_ descriptor: OCIDocument.Descriptor) async throws -> [UInt8] { try read("blobs/sha256/\(descriptor.digest.hexadecimal)") }

    func fetch(_ descriptor: OCIDocument.Descriptor, to file: FilePath) async throws {
        do {
            try? FileManager.default.removeItem(atPath: file.string)
            try FileManager.default.copyItem(atPath: folder.appending("blobs/sha256/\(descriptor.digest.hexadecimal)").string, toPath: file.string)
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw DiskImageError(.noSpace, subject: file.string, detail: "\(error.code)")
        } catch {
            throw DiskImageError(.damaged, subject: folder.string, detail: "it lacks \(descriptor.digest)")
        }
    }

    private func read(_ name: String) throws(DiskImageError) -> [UInt8] {
        let file = try DiskFile(folder.appending(name))
        guard file.size <= OCIDocument.largest else { throw DiskImageError(.tooLarge, subject: file.path.string, detail: "\(file.size) bytes") }
        return try file.read(at: 0, count: file.size)
    }
}
