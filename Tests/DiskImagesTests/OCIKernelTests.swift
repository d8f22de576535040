import ArtefactCache
import DiskImages
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("A kernel out of an OCI image")
struct OCIKernelTests {
    private func text(_ path: FilePath) -> String? { try? String(contentsOfFile: path.string, encoding: .utf8) }

    /// The folder the kernel's `boot` and `lib` are in.
    private func root(_ kernel: FilePath) -> FilePath { kernel.removingLastComponent().removingLastComponent() }

    @Test("comes with its modules, however its layers are packed", arguments: ["cat", "gzip -nc", "zstd -qc"])
    func layout(packing: String) async throws {
        let fixture = try OCIFixture()
        try await fixture.publish([.init(script: OCIFixture.kernel.script, packing: try #require(.init(rawValue: packing)))])
        let kernel = try await fixture.kernel("\(fixture.layout):6.1")
        #expect(text(kernel) == "kernel\n")
        #expect(text(root(kernel).appending("lib/modules/6.1.100/kernel/some.ko")) == "ko\n")
        #expect(text(root(kernel).appending("lib/modules/6.1.100/modules.builtin")) == "builtin\n")
        #expect(try await fixture.kernel("\(fixture.layout)") == kernel)
        #expect(fixture.disk.cached("oci-partial") == [])
        #expect(try await fixture.kernel("\(fixture.archive()):6.1") == kernel)
    }

    @Test("is what its layers leave: later ones replace, and take away what they white out")
    func layers() async throws {
        let fixture = try OCIFixture()
        try await fixture.publish([
            OCIFixture.kernel,
            .init(script: "mkdir -p boot lib/modules/5.10.1 data; echo older > boot/vmlinuz-5.10.1; echo x > lib/modules/5.10.1/x.ko; echo y > data/vmlinux"),
            .init(script: "mkdir -p boot lib/modules; touch boot/.wh.vmlinuz-5.10.1 lib/modules/.wh.5.10.1; echo newer > boot/vmlinuz-6.1.100"),
            .init(script: "mkdir -p data; touch data/.wh..wh..opq"),
        ])
        let kernel = try await fixture.kernel("\(fixture.layout):6.1")
        #expect(text(kernel) == "newer\n")
        #expect(text(root(kernel).appending("lib/modules/6.1.100/kernel/some.ko")) == "ko\n")
        #expect(!FileManager.default.fileExists(atPath: root(kernel).appending("lib/modules/5.10.1").string))
    }

    @Test("is had from a registry with the token it gives to everybody, once")
    func registry() async throws {
        let fixture = try OCIFixture()
        try await fixture.publish([OCIFixture.kernel])
        try await LoopbackServer.serving(fixture.folder.appending("served")) { server in
            let host = server.address.dropFirst("http://".count)
            server.setChallenge(
                #"Bearer realm="\#(server.address)/token",service="registry",scope="repository:ci/kernels:pull""#, token: "secret", forPathsBeginning: "/v2/")
            let kernel = try await fixture.kernel("\(host)/ci/kernels:6.1")
            #expect(text(kernel) == "kernel\n")
            #expect(server.requests.contains("/token?service=registry&scope=repository:ci/kernels:pull"))
            let blobs = server.requests.filter { $0.contains("/blobs/") }.count
            #expect(try await fixture.kernel("\(host)/ci/kernels:6.1") == kernel)
            #expect(server.requests.filter { $0.contains("/blobs/") }.count == blobs)
            let missing = try await cloudImageError { _ = try await fixture.kernel("\(host)/ci/kernels:9.9") }
            #expect(missing?.code == .notFound)
        }
    }

    @Test("is refused where there is no token to be had")
    func noToken() async throws {
        let fixture = try OCIFixture()
        try await fixture.publish([OCIFixture.kernel])
        try await LoopbackServer.serving(fixture.folder.appending("served")) { server in
            let host = server.address.dropFirst("http://".count)
            for challenge in ["Basic realm=\"x\"", #"Bearer realm="\#(server.address)/token""#, #"Bearer realm="\#(server.address)/none""#] {
                server.setChallenge(challenge, token: "another", forPathsBeginning: "/v2/")
                let error = try await cloudImageError { _ = try await fixture.kernel("\(host)/ci/kernels:6.1") }
                #expect(error?.code == (challenge.contains("none") ? .notFound : .refused), "\(challenge)")
            }
        }
    }

    @Test("is refused when a part is not what its digest says", arguments: ["blobs", "manifests"])
    func digests(kind: String) async throws {
        let fixture = try OCIFixture()
        try await fixture.publish([OCIFixture.kernel])
        try await fixture.disk.shell(
            "for file in \"$1\"/served/v2/ci/kernels/$2/sha256:*; do printf ' ' | dd of=\"$file\" bs=1 seek=1 conv=notrunc status=none; done",
            fixture.folder.string, kind)
        try await LoopbackServer.serving(fixture.folder.appending("served")) { server in
            let error = try await cloudImageError { _ = try await fixture.kernel("\(server.address.dropFirst("http://".count))/ci/kernels:6.1") }
            #expect(error?.code == .hashMismatch, "\(String(describing: error))")
            #expect(fixture.disk.cached("oci-kernel") == [])
        }
    }

    @Test(
        "is not taken out of an image that is none, has none, or reaches out of its folder",
        arguments: [
            (OCIFixture.Layer(script: "echo x > readme"), DiskImageError.Code.noKernel, "vmlinuz"),
            (
                OCIFixture.Layer(script: "echo x > vmlinuz", tar: "fakeroot sh -c 'mknod tree/null c 1 3; tar -C tree -cf layer.tar .'"), .unsafeContent,
                "device"
            ),
            (OCIFixture.Layer(script: "echo x > ../vmlinuz", tar: "tar -P -cf layer.tar tree/../vmlinuz"), .unsafeContent, "leads out"),
            (OCIFixture.Layer(script: "echo x > vmlinuz", tar: "tar -C tree -cf layer.tar .; truncate -s 600 layer.tar"), .damaged, "breaks off"),
            (OCIFixture.Layer(script: "echo x > vmlinuz", tar: "head -c 5000 /dev/zero | tr '\\0' x > layer.tar"), .damaged, "checksum"),
        ])
    func unusable(layer: OCIFixture.Layer, code: DiskImageError.Code, words: String) async throws {
        let fixture = try OCIFixture()
        try await fixture.publish([layer])
        let error = try #require(try await cloudImageError { _ = try await fixture.kernel("\(fixture.layout):6.1") })
        #expect(error.code == code, "\(error)")
        #expect(error.description.contains(words), "\(error)")
        #expect(fixture.disk.cached("oci-kernel") == [])
    }

    @Test("says which tags a layout has")
    func tags() async throws {
        let fixture = try OCIFixture()
        try await fixture.publish([OCIFixture.kernel])
        let error = try #require(try await cloudImageError { _ = try await fixture.kernel("\(fixture.layout):5.15") })
        #expect(error.code == .notFound)
        #expect(error.description.contains("6.1"))
    }

    @Test(
        "is named by host, repository and tag or digest, or by a path",
        arguments: [
            ("registry.example/some/kernels:6.1-main", "registry.example/some/kernels:6.1-main"), ("localhost:5000/k", "localhost:5000/k"),
            ("other.example/k@sha256:\(String(repeating: "a", count: 64))", "other.example/k@sha256:\(String(repeating: "a", count: 64))"),
            ("/srv/layout:5.15", "/srv/layout:5.15"), ("/srv/a:b/layout", "/srv/a:b/layout"),
        ])
    func references(text: String, description: String) throws {
        #expect(try OCIReference(parsing: text).description == description)
    }

    @Test(
        "is not named by anything else",
        arguments: [
            "kernels", "some/kernels", "registry.example/", "registry.example/a/../b", "registry.example/k:", "registry.example/k@sha256:12",
            "registry.example/k@md5:\(String(repeating: "a", count: 64))", "registry.example/k k:1",
        ])
    func badReferences(text: String) throws {
        let error = #expect(throws: DiskImageError.self) { try OCIReference(parsing: text) }
        #expect(error?.code == .badReference)
    }
}
