import ArtefactCache
import DiskImages
import Foundation
import HostTools
import SystemPackage
import TestSupport
import Testing

/// Images served on loopback with what their makers put beside them, made by the makers' own tools: sha256sum, gpg.
@Suite("A published image")
struct PublishedImageTests {
    /// A disk fixture, a key, and a folder that is served.
    struct Maker {
        let fixture: DiskFixture
        let keys: SigningKeys
        let served: FilePath
        let fingerprint: String

        init() async throws {
            fixture = try DiskFixture()
            keys = try SigningKeys(in: fixture.folder.path)
            served = fixture.folder.path.appending("served")
            _ = try await fixture.image()
            try await fixture.shell("mkdir \"$1\"; mv \"$2\" \"$1/image.qcow2\"", served.string, fixture.folder.path.appending("image.qcow2").string)
            fingerprint = try await keys.make("A maker of images")
            try await keys.gpg(["--armor", "--output", served.appending("key.asc").string, "--export"])
            try await publish()
        }

        /// Sums and signs what is served now.
        func publish(_ sums: String = "sha256sum image.qcow2 > SHA256SUMS") async throws {
            try await fixture.shell("cd \"$1\"; rm -f SHA256SUMS*; \(sums)", served.string)
            let list = served.appending("SHA256SUMS").string
            try await keys.gpg(["--armor", "--output", "\(list).gpg", "--detach-sign", list])
            try await keys.gpg(["--output", "\(list).clear", "--clearsign", list])
        }

        func image(_ server: LoopbackServer, signature: PublishedImage.Signature? = nil, fingerprint: String? = nil) -> PublishedImage {
            PublishedImage(
                address: "\(server.address)/image.qcow2", checksums: "\(server.address)/SHA256SUMS\(signature == .clear ? ".clear" : "")",
                signature: signature ?? .detached("\(server.address)/SHA256SUMS.gpg"), key: "\(server.address)/key.asc",
                fingerprints: [fingerprint ?? self.fingerprint])
        }

        func change(_ name: String, _ edit: (inout Data) -> Void) throws {
            let url = URL(filePath: served.appending(name).string)
            var data = try Data(contentsOf: url)
            edit(&data)
            try data.write(to: url)
        }
    }

    @Test(
        "is used when the key of that fingerprint signed its checksum, in whatever form",
        arguments: [
            ("sha256sum image.qcow2 > SHA256SUMS", false), ("sha512sum ./image.qcow2 > SHA256SUMS", false), ("sha256sum --tag image.qcow2 > SHA256SUMS", true),
            ("sha512sum -b image.qcow2 > SHA256SUMS", true),
        ])
    func good(sums: String, isClear: Bool) async throws {
        let maker = try await Maker()
        try await maker.publish(sums)
        try await LoopbackServer.serving(maker.served) { server in
            let image = maker.image(server, signature: isClear ? .clear : nil)
            let system = try await maker.fixture.store.open(.published(image), modules: [])
            #expect(try system.kernel().release == DiskFixture.release)
            let asked = server.requests.count
            _ = try await maker.fixture.store.open(.published(image), modules: [])
            #expect(!server.requests[asked...].contains("/image.qcow2"))
            let offline = DiskImageStore(cache: maker.fixture.cache, settings: DownloadSettings(offline: true))
            let again = try await offline.open(.published(image), modules: [])
            #expect(again.folder == system.folder)
        }
    }

    @Test(
        "is refused when anything is not as it was signed",
        arguments: [
            ("list", DiskImageError.Code.badSignature, "changed after it was signed"), ("key", .badSignature, "the key must be"),
            ("image", .hashMismatch, "signed checksum"),
            ("name", .notListed, "image.qcow2"), ("no signature", .notFound, "404"), ("no image", .notFound, "404"),
            ("no key", .unreadable, "not an OpenPGP key"), ("signature", .badSignature, "must be"),
        ])
    func bad(what: String, code: DiskImageError.Code, words: String) async throws {
        let maker = try await Maker()
        switch what {
        case "list": try maker.change("SHA256SUMS") { $0.append(contentsOf: Array("\(String(repeating: "0", count: 64))  evil.qcow2\n".utf8)) }
        case "image": try maker.change("image.qcow2") { $0[$0.count / 2] ^= 1 }
        case "name": try await maker.publish("echo x > other; sha256sum other > SHA256SUMS")
        case "no signature": try FileManager.default.removeItem(atPath: maker.served.appending("SHA256SUMS.gpg").string)
        case "no image": try FileManager.default.removeItem(atPath: maker.served.appending("image.qcow2").string)
        case "no key": try maker.change("key.asc") { $0 = Data("<html>".utf8) }
        case "signature": try maker.change("SHA256SUMS.gpg") { $0 = Data("no signature".utf8) }
        default: break
        }
        try await LoopbackServer.serving(maker.served) { server in
            let image = maker.image(server, fingerprint: what == "key" ? String(repeating: "A", count: 40) : nil)
            let error = try #require(try await cloudImageError { _ = try await maker.fixture.store.open(.published(image), modules: []) })
            #expect(error.code == code, "\(error)")
            #expect(error.description.contains(words), "\(error)")
            #expect(maker.fixture.cached("disk-image") == [])
        }
    }

    @Test("goes on where the last run broke off")
    func resumed() async throws {
        let maker = try await Maker()
        try await LoopbackServer.serving(maker.served) { server in
            let image = maker.image(server)
            server.setFault(.cut(afterBytes: 100_000), forPathsEnding: "image.qcow2")
            let error = try await cloudImageError { _ = try await maker.fixture.store.open(.published(image), modules: []) }
            #expect(error?.code == .unreachable)
            let partial = try #require(maker.fixture.cached("disk-image-partial").first)
            let file = maker.fixture.cache.root.appending("disk-image-partial/\(partial)/image")
            let size = try FileManager.default.attributesOfItem(atPath: file.string)[.size] as? Int ?? 0
            #expect(size == 100_000)
            server.setFault(nil, forPathsEnding: "image.qcow2")
            let system = try await maker.fixture.store.open(.published(image), modules: [])
            #expect(try system.kernel().release == DiskFixture.release)
            #expect(server.resumptions == [100_000])
            #expect(maker.fixture.cached("disk-image-partial") == [])
        }
    }

    @Test("is fetched from its beginning where a server cannot begin in the middle, and not at all when it is there already")
    func notResumed() async throws {
        let maker = try await Maker()
        try await LoopbackServer.serving(maker.served) { server in
            let image = maker.image(server)
            for bytes in [100_000, .max] {
                let sum = try await maker.fixture.shell("sha256sum \"$1\" | cut -c1-64", maker.served.appending("image.qcow2").string).trimmingCharacters(
                    in: .whitespacesAndNewlines)
                let partial = maker.fixture.cache.root.appending("disk-image-partial/\(sum)")
                try FileManager.default.createDirectory(atPath: partial.string, withIntermediateDirectories: true)
                let content = try Data(contentsOf: URL(filePath: maker.served.appending("image.qcow2").string))
                try content.prefix(bytes).write(to: URL(filePath: partial.appending("image").string))
                server.setFault(bytes == .max ? nil : .unannounced, forPathsEnding: "image.qcow2")
                let system = try await maker.fixture.store.open(.published(image), modules: ["\(bytes)"])
                #expect(try system.kernel().release == DiskFixture.release)
            }
        }
    }

    @Test("is fetched again, once, where what an earlier download left is of another file")
    func stale() async throws {
        let maker = try await Maker()
        try await LoopbackServer.serving(maker.served) { server in
            let served = maker.served.appending("image.qcow2")
            let sum = try await maker.fixture.shell("sha256sum \"$1\" | cut -c1-64", served.string).trimmingCharacters(in: .whitespacesAndNewlines)
            let partial = maker.fixture.cache.root.appending("disk-image-partial/\(sum)")
            func leaveAnother() throws {
                try FileManager.default.createDirectory(atPath: partial.string, withIntermediateDirectories: true)
                try Data(repeating: 7, count: 100_000).write(to: URL(filePath: partial.appending("image").string))
            }
            try leaveAnother()
            let system = try await maker.fixture.store.open(.published(maker.image(server)), modules: [])
            #expect(try system.kernel().release == DiskFixture.release && server.resumptions == [100_000])
            // What the server itself has wrong is no reason to try a third time.
            try leaveAnother()
            try Data(repeating: 8, count: 200_000).write(to: URL(filePath: served.string))
            let before = server.requests.count { $0.hasSuffix("image.qcow2") }
            let error = try await cloudImageError { _ = try await maker.fixture.store.open(.published(maker.image(server)), modules: ["another"]) }
            #expect(error?.code == .hashMismatch && server.requests.count { $0.hasSuffix("image.qcow2") } == before + 2)
        }
    }

    @Test("is not sought when the network may not be used")
    func offline() async throws {
        let maker = try await Maker()
        try await LoopbackServer.serving(maker.served) { server in
            let store = DiskImageStore(cache: maker.fixture.cache, settings: DownloadSettings(offline: true))
            let error = try await cloudImageError { _ = try await store.open(.published(maker.image(server)), modules: []) }
            #expect(error?.code == .offline)
            #expect(server.requests == [])
        }
    }
}
