import ArtefactCache
import ELFFiles
import Foundation
import Glibc
import MatrixModel
import SystemPackage

/// A file somebody says is a kernel.
struct KernelImage {
    let path: FilePath
    /// What it is to be for.
    let architecture: Architecture
    let cache: ArtefactCache

    /// A kernel with its initramfs built in may be large; a disk image given by mistake is larger.
    static let maximumSize = 512 << 20

    /// Recognises the kernel and brings it into the form that boots fastest.
    /// - Throws: `GuestImageError` when it is not a kernel, `CacheError`, `CancellationError`.
    func bootable() async throws -> BootableKernel {
        let bytes = try FileContent.bytes(of: path, limit: Self.maximumSize)
        if let header = BootHeader(bytes) {
            try check(.ofBzImages)
            return BootableKernel(image: try await extracted(bytes, header), release: header.release, build: header.build)
        }
        if let raw = try await rawImage(bytes) { return raw }
        guard let elf = ELFImage(bytes), elf.machine == Architecture.ofBzImages.elfMachine, elf.type == .executable || elf.hasPVHEntry,
            let banner = Self.banner(in: bytes), let release = KernelBanner.release(banner)
        else { throw GuestImageError(.notAKernel, path: path, found: name(of: bytes), architecture: architecture) }
        try check(.ofBzImages)
        guard elf.hasPVHEntry else { throw GuestImageError(.kernelWithoutEntry, path: path) }
        return BootableKernel(image: .elf(path), release: release, build: KernelBanner.build(banner))
    }

    private func check(_ found: Architecture) throws(GuestImageError) {
        guard found == architecture else { throw GuestImageError(.otherArchitecture, path: path, found: found.title, architecture: architecture) }
    }

    /// A raw image, unpacked into the cache where it is packed; nil for a file that is neither.
    private func rawImage(_ bytes: [UInt8]) async throws -> BootableKernel? {
        if let header = RawImageHeader(bytes) { return try raw(path, bytes, header) }
        let packed: ArraySlice<UInt8>
        if let range = RawImageHeader.packedKernel(bytes) {
            try check(.ofRawImages)
            packed = bytes[range]
        } else if architecture == .ofRawImages {
            packed = bytes[...]
        } else {
            return nil
        }
        guard let format = CompressionFormat(packed) else { return nil }
        let folder = try await cache.entry(kind: "vmlinux", key: FileContent.digest(of: bytes)) { folder in
            try CacheFile.write(try await Decompression.decompress(Array(packed), as: format, of: path), to: folder.appending(Self.rawName))
        }
        let image = folder.appending(Self.rawName)
        let unpacked = try FileContent.bytes(of: image, limit: Self.maximumSize)
        return try RawImageHeader(unpacked).map { try raw(image, unpacked, $0) }
    }

    private func raw(_ image: FilePath, _ bytes: [UInt8], _ header: RawImageHeader) throws -> BootableKernel {
        try check(.ofRawImages)
        guard let banner = Self.banner(in: bytes), let release = KernelBanner.release(banner) else {
            throw GuestImageError(.notAKernel, path: path, found: "a kernel image without a version", architecture: architecture)
        }
        return BootableKernel(image: .raw(image, pageSize: header.pageSize), release: release, build: KernelBanner.build(banner))
    }

    /// Keeps what was found out, good or bad, so that a kernel is decompressed once.
    private func extracted(_ bytes: [UInt8], _ header: BootHeader) async throws -> BootableKernel.Image {
        guard let range = header.payload else { return .bzImage(path, reason: .oldProtocol) }
        let payload = bytes[range]
        guard let format = CompressionFormat(payload) else { return .bzImage(path, reason: .unknownCompression) }
        do {
            let folder = try await cache.entry(kind: "vmlinux", key: FileContent.digest(of: bytes)) { folder in
                let stream = Array(format.hasAppendedSize ? payload.dropLast(4) : payload)
                let kernel = try await Decompression.decompress(stream, as: format, of: path)
                let isPVH = ELFImage(kernel).map { $0.machine == Architecture.ofBzImages.elfMachine && $0.hasPVHEntry } ?? false
                let name = isPVH ? Self.elfName : Self.refusalName
                try CacheFile.write(isPVH ? kernel : [], to: folder.appending(name))
            }
            let elf = folder.appending(Self.elfName)
            return FileManager.default.fileExists(atPath: elf.string) ? .elf(elf) : .bzImage(path, reason: .noPVHEntry)
        } catch let error as GuestImageError where error.code == .toolMissing {
            return .bzImage(path, reason: .toolMissing(error.found))
        } catch let error as GuestImageError where error.code == .toolFailed {
            return .bzImage(path, reason: .decompressionFailed(error.found))
        }
    }

    private static let elfName = "vmlinux"
    private static let rawName = "Image"
    private static let refusalName = "no-pvh-entry"

    /// An uncompressed kernel's banner, without its `Linux version `.
    private static func banner(in bytes: [UInt8]) -> String? {
        let marker = Array("Linux version ".utf8)
        let start = bytes.withUnsafeBytes { buffer -> Int? in
            var position = 0
            while position + marker.count <= buffer.count {
                guard let base = buffer.baseAddress, let first = memchr(base + position, Int32(marker[0]), buffer.count - position - marker.count + 1)
                else { return nil }
                position = UnsafeRawPointer(first) - base
                if memcmp(first, marker, marker.count) == 0 { return position + marker.count }
                position += 1
            }
            return nil
        }
        guard let start else { return nil }
        let line = bytes[start...].prefix(1024).prefix { $0 >= 0x20 && $0 < 0x7F }
        return line.first.map { $0 >= 0x30 && $0 <= 0x39 } == true ? String(decoding: line, as: UTF8.self) : nil
    }

    /// What a file that is not a kernel seems to be.
    private func name(of bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "an empty file" }
        if bytes.count >= 0x206, bytes[0x202..<0x206].elementsEqual("HdrS".utf8) { return "a damaged or truncated kernel image" }
        if let format = CompressionFormat(bytes[...]) { return format.name }
        if let elf = ELFImage(bytes) {
            guard elf.machine == architecture.elfMachine else { return "an ELF file for another processor (machine \(elf.machine))" }
            switch elf.type {
            case .shared: return "an ELF shared library"
            case .relocatable: return "an ELF object file"
            case .executable: return "an ELF program"
            case .core, nil: return "an ELF file"
            }
        }
        if bytes.starts(with: ELFImage.magic) { return "a truncated or 32-bit ELF file" }
        if bytes.starts(with: Array("!<arch>".utf8)) { return "a Debian package or static library; unpack it first" }
        if bytes.starts(with: Array("070701".utf8)) { return "a cpio archive (an initramfs?)" }
        return "an unknown file of \(bytes.count) bytes"
    }
}
