import ArtefactCache
import Foundation
import GuestImages
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// With a stand-in for mmdebstrap and everything after it real: fakeroot, tar, mke2fs.
@Suite("A distribution's image")
struct RootImageBuilderTests {
    static let recipe = RootImageRecipe(suite: "mine", further: ["mine-security"], packages: ["systemd", "udev"])

    static let sources = (lines: ["deb http://127.0.0.1:1/mine mine main"], keyring: FilePath("/keyring.gpg"))

    /// What the stand-in packs: a file of another user, one with the set-user-ID bit, a device, and a package list.
    static let packing = """
        for last in "$@"; do case "$last" in */root.tar) archive=$last;; esac; done
        work=$(mktemp -d)
        mkdir -p "$work/var/lib/dpkg" "$work/usr/bin" "$work/dev"
        printf 'Package: systemd\\nStatus: install ok installed\\nVersion: 252.1\\nArchitecture: amd64\\nMaintainer: x\\nDescription: x\\n\\n' > \
        "$work/var/lib/dpkg/status"
        echo x > "$work/usr/bin/su"
        fakeroot sh -c 'chown 7:8 "$1/usr/bin/su"; chmod 4755 "$1/usr/bin/su"; mknod "$1/dev/null" c 1 3; tar -C "$1" --numeric-owner -cf "$2" .' sh \
        "$work" "$archive"
        rm -rf "$work"
        """

    private func builder(_ scratch: Scratch, _ script: String) throws -> RootImageBuilder {
        let tool = scratch.root.appending("tools/mmdebstrap")
        try ProgramFile.write("#!/bin/sh\nset -eu\n\(script)\n", to: tool)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return RootImageBuilder(cache: scratch.cache, searchPath: "\(tool.removingLastComponent()):\(path)")
    }

    private func build(_ builder: RootImageBuilder, renews: Bool = false) async throws -> RootImage {
        try await builder.image(Self.recipe, renews: renews) { Self.sources }
    }

    private func leftovers(_ scratch: Scratch) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: scratch.cache.root.appending("distribution").string)) ?? []
        return names.filter { !$0.hasSuffix(".lock") }
    }

    private func inspect(_ image: RootImage, _ request: String) async throws -> String {
        try await run(.path("/usr/sbin/debugfs"), arguments: ["-R", request, image.disk.string], output: .string(limit: 65_536), error: .discarded)
            .standardOutput
    }

    @Test("keeps owners, modes and devices, and says what is in it")
    func content() async throws {
        try await withScratch { scratch in
            let builder = try builder(scratch, Self.packing)
            #expect(builder.existing(Self.recipe) == nil)
            let image = try await build(builder)
            #expect(builder.existing(Self.recipe) == image)
            let su = try await inspect(image, "stat /usr/bin/su")
            #expect(su.contains("Mode:  04755") && su.contains("User:     7") && su.contains("Group:     8"), "\(su)")
            #expect(try await inspect(image, "stat /dev/null").contains("character special"))
            #expect(try String(contentsOfFile: image.packages.string, encoding: .utf8) == "systemd\t252.1\n")
            #expect(leftovers(scratch) == [Self.recipe.key])
        }
    }

    @Test(
        "the tool's trouble is said in its own words, and no half image stays",
        arguments: [
            ("echo 'E: Unable to locate package udev' >&2; exit 25", GuestImageError.Code.buildFailed, "Unable to locate package udev"),
            ("echo 'tar: root.tar: Cannot write: No space left on device' >&2; exit 2", .noSpace, "No space left"),
            ("for last in \"$@\"; do case \"$last\" in */root.tar) echo half > \"$last\";; esac; done", .buildFailed, "tar"),
            ("kill -9 $$", .buildFailed, "mmdebstrap"),
        ])
    func trouble(script: String, code expected: GuestImageError.Code, words: String) async throws {
        try await withScratch { scratch in
            let builder = try builder(scratch, script)
            let error = try #require(try await code { _ = try await build(builder) })
            #expect(error.code == expected)
            #expect(error.description.contains(words), "\(error)")
            #expect(leftovers(scratch) == [])
        }
    }

    @Test("hands its keys over where apt's own user may read them")
    func keyring() async throws {
        try await withScratch { scratch in
            let keyring = try scratch.file("private/keyring.gpg", Array("keys".utf8))
            for path in [keyring, keyring.removingLastComponent()] {
                try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path.string)
            }
            let looking = """
                for word in "$@"; do case "$word" in --keyring=*) file=${word#--keyring=}; stat -c %a "$file" "$(dirname "$file")"; cat "$file"; echo " \
                $file";; esac; done > \(scratch.root)/seen

                """
            let builder = try builder(scratch, looking + Self.packing)
            _ = try await builder.image(Self.recipe) { (Self.sources.lines, keyring) }
            let seen = try String(contentsOfFile: scratch.root.appending("seen").string, encoding: .utf8).split(whereSeparator: \.isWhitespace).map(String.init)
            #expect(seen.prefix(3) == ["644", "755", "keys"])
            #expect(!FileManager.default.fileExists(atPath: try #require(seen.last)))
        }
    }

    @Test("a step that fails once is tried again, and the log of its failure stays", arguments: ["mmdebstrap", "fakeroot"])
    func retried(step: String) async throws {
        try await withScratch { scratch in
            let failing =
                "if [ ! -e \(scratch.root)/failed ]; then touch \(scratch.root)/failed; echo 'I: unpacking'; echo 'W: slow' >&2; echo 'E: rm failed: "
                + "256' >&2; exit 1; fi"
            if step == "fakeroot" {
                // The step itself is called with "--" first; the stand-in for mmdebstrap calls it otherwise.
                try ProgramFile.write(
                    "#!/bin/sh\nif [ \"$1\" = -- ]; then \(failing); fi\nexec /usr/bin/fakeroot \"$@\"\n", to: scratch.root.appending("tools/fakeroot"))
            }
            let builder = try builder(scratch, (step == "mmdebstrap" ? failing + "\n" : "") + Self.packing)
            var failures: [GuestImageError] = []
            let image = try await builder.image(Self.recipe, failed: { failures.append($0) }) { Self.sources }
            #expect(try String(contentsOfFile: image.packages.string, encoding: .utf8) == "systemd\t252.1\n")
            #expect(failures.map(\.code) == [.buildFailed])
            let message = failures.first?.description ?? ""
            #expect(message.contains("\(step): E: rm failed: 256 (exit status 1)") && !message.contains("slow"), "\(message)")
            let log = log(scratch, "\(step)-1.log")
            #expect(message.contains("its log is \(log)"), "\(message)")
            #expect(try String(contentsOfFile: log.string, encoding: .utf8) == "W: slow\nE: rm failed: 256\nI: unpacking\n")
        }
    }

    @Test("a step that fails twice ends the build, with both logs")
    func failedTwice() async throws {
        try await withScratch { scratch in
            let builder = try builder(scratch, "echo >> \(scratch.root)/attempts; echo \"E: attempt $(wc -l < \(scratch.root)/attempts)\" >&2; exit 1")
            var failures: [GuestImageError] = []
            let error = try #require(
                try await code {
                    _ = try await builder.image(Self.recipe, failed: { failures.append($0) }) { Self.sources }
                })
            #expect(failures.map(\.code) == [.buildFailed])
            #expect(error.code == .buildFailed)
            #expect(error.description.contains("E: attempt 2") && error.description.contains("mmdebstrap-2.log"), "\(error)")
            for attempt in 1...2 {
                #expect(try String(contentsOfFile: log(scratch, "mmdebstrap-\(attempt).log").string, encoding: .utf8) == "E: attempt \(attempt)\n")
            }
        }
    }

    @Test("a full disk is not tried again")
    func fullDisk() async throws {
        try await withScratch { scratch in
            let builder = try builder(scratch, "echo >> \(scratch.root)/attempts; echo 'tar: root.tar: Cannot write: No space left on device' >&2; exit 2")
            try await expectError(.noSpace) { _ = try await build(builder) }
            #expect(try String(contentsOfFile: scratch.root.appending("attempts").string, encoding: .utf8) == "\n")
        }
    }

    private func log(_ scratch: Scratch, _ name: String) -> FilePath {
        scratch.cache.root.appending("build-log").appending("mine-\(Self.recipe.key.prefix(12))").appending(name)
    }

    @Test("a missing tool is named")
    func missing() async throws {
        try await withScratch { scratch in
            let builder = RootImageBuilder(cache: scratch.cache, searchPath: scratch.root.string)
            try await expectError(.toolMissing) { _ = try await build(builder) }
        }
    }

    @Test("interrupted, it leaves nothing, and the next build is whole")
    func interrupted() async throws {
        try await withScratch { scratch in
            let slow = try builder(scratch, "touch \(scratch.root)/started; sleep 30")
            let building = Task { try await build(slow) }
            while !FileManager.default.fileExists(atPath: scratch.root.appending("started").string) { try await Task.sleep(for: .milliseconds(10)) }
            building.cancel()
            await #expect(throws: CancellationError.self) { _ = try await building.value }
            #expect(leftovers(scratch) == [])
            _ = try await build(try builder(scratch, Self.packing))
            #expect(leftovers(scratch) == [Self.recipe.key])
        }
    }

    @Test("built again, the old one stays until the new one is whole")
    func renewed() async throws {
        try await withScratch { scratch in
            let first = try await build(try builder(scratch, Self.packing))
            let failing = try builder(scratch, "echo 'E: no' >&2; exit 1")
            try await expectError(.buildFailed) { _ = try await build(failing, renews: true) }
            #expect(try await build(failing) == first)
            _ = try await build(try builder(scratch, Self.packing.replacing("252.1", with: "252.2")), renews: true)
            #expect(try String(contentsOfFile: first.packages.string, encoding: .utf8) == "systemd\t252.2\n")
            #expect(leftovers(scratch) == [Self.recipe.key])
        }
    }

    @Test("another recipe is another image, and the order of packages is none")
    func keys() {
        let same = RootImageRecipe(suite: "mine", further: ["mine-security"], packages: ["udev", "systemd"])
        #expect(same.key == Self.recipe.key)
        let others = [
            RootImageRecipe(suite: "mine", further: [], packages: ["systemd", "udev"]),
            RootImageRecipe(suite: "other", further: ["mine-security"], packages: ["systemd", "udev"]),
            RootImageRecipe(suite: "mine", further: ["mine-security"], packages: ["systemd"]),
        ]
        #expect(Set(others.map(\.key) + [Self.recipe.key]).count == 4)
    }
}
