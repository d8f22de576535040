import Foundation
import HostTools
import SystemPackage
import TestSupport

@testable import DiskImages

/// OCI images as `skopeo copy … oci:folder:tag` leaves them, made here by tar, gzip and zstd.
struct OCIFixture {
    enum Packing: String, CaseIterable { case plain = "cat", gzip = "gzip -nc", zstd = "zstd -qc" }

    /// A layer: a script that fills the folder it works in.
    struct Layer {
        let script: String
        var packing = Packing.gzip
        /// What makes `layer.tar` of it.
        var tar = "tar --numeric-owner -C tree -cf layer.tar ."
    }

    static let release = "6.1.100"
    static let kernel = Layer(
        script:
            "mkdir -p boot lib/modules/\(release)/kernel; echo kernel > boot/vmlinuz-\(release); echo builtin > lib/modules/\(release)/modules.builtin; "
            + "echo ko > lib/modules/\(release)/kernel/some.ko"
    )

    let disk: DiskFixture
    var folder: FilePath { disk.folder.path }
    var layout: FilePath { folder.appending("layout") }
    var store: OCIKernelStore { OCIKernelStore(cache: disk.cache, settings: DownloadSettings(stallTimeout: 1, retries: 0)) }

    init() throws { disk = try DiskFixture() }

    /// Writes a layout with one image under a tag, in an index of images for several processors.
    func publish(_ layers: [Layer], tag: String = "6.1") async throws {
        var parts: [(digest: String, size: Int)] = []
        for layer in layers {
            parts.append(
                try await blob(
                    "rm -rf tree; mkdir tree; cd tree; \(layer.script); cd ..; \(layer.tar); \(layer.packing.rawValue) < layer.tar > blob"))
        }
        let list = parts.map { #"{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"\#($0.digest)","size":\#($0.size)}"# }.joined(separator: ",")
        let config = try await blob("printf '{}' > blob")
        let manifest = try await document(
            #"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(config.digest)","size":2},"layers":[\#(list)]}"#)
        let other = try await document(#"{"schemaVersion":2,"layers":[]}"#)
        let index = try await document(
            #"{"schemaVersion":2,"manifests":[{"digest":"\#(other.digest)","size":\#(other.size),"platform":{"os":"linux","architecture":"arm64"}},"#
                + #"{"digest":"\#(manifest.digest)","size":\#(manifest.size),"platform":{"os":"linux","architecture":"amd64"}}]}"#
        )
        let top =
            #"{"schemaVersion":2,"manifests":[{"digest":"\#(index.digest)","size":\#(index.size),"#
            + #""annotations":{"org.opencontainers.image.ref.name":"\#(tag)"}}]}"#
        try Data(top.utf8).write(to: URL(filePath: layout.appending("index.json").string))
        try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(to: URL(filePath: layout.appending("oci-layout").string))
        // The same parts as a registry gives them out.
        try await disk.shell(
            """
            cd "$1"; mkdir -p served/v2/ci/kernels/manifests served/v2/ci/kernels/blobs; printf '{"token":"secret"}' > served/token
            for file in layout/blobs/sha256/*; do cp "$file" "served/v2/ci/kernels/blobs/sha256:${file##*/}"; cp "$file" \
            "served/v2/ci/kernels/manifests/sha256:${file##*/}"; done
            cp "layout/blobs/sha256/$2" "served/v2/ci/kernels/manifests/$3"
            """, folder.string, String(index.digest.dropFirst("sha256:".count)), tag)
    }

    func archive() async throws -> FilePath {
        try await disk.shell("cd \"$1\"; tar -C layout -cf layout.tar .", folder.string)
        return folder.appending("layout.tar")
    }

    func kernel(_ reference: String) async throws -> FilePath { try await store.kernel(OCIReference(parsing: reference)) }

    private func document(_ text: String) async throws -> (digest: String, size: Int) {
        try Data(text.utf8).write(to: URL(filePath: folder.appending("blob").string))
        return try await blob("")
    }

    private func blob(_ script: String) async throws -> (digest: String, size: Int) {
        let output = try await disk.shell(
            "cd \"$1\"; mkdir -p layout/blobs/sha256; \(script)\nsum=$(sha256sum blob | cut -c1-64); size=$(stat -c %s blob); mv blob "
                + "layout/blobs/sha256/$sum; echo $sum $size",
            folder.string)
        let words = output.split(whereSeparator: \.isWhitespace)
        return ("sha256:\(words[0])", Int(words[1]) ?? 0)
    }
}
