import ArtefactCache
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import KernelCatalogue

@Suite("Finding the mirror")
struct MirrorTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to path: String) throws {
        let file = folder.path.appending(path)
        try FileManager.default.createDirectory(atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file.string))
    }

    private func mirrors(_ given: [String: String] = [:], environment: [String: String] = [:]) throws -> Mirrors {
        try Mirrors(
            CatalogueSettings(
                cache: ArtefactCache(root: folder.path.appending("cache")), mirrors: given,
                environment: environment.merging(["XDG_CONFIG_HOME": folder.path.appending("config").string]) { $1 },
                aptFolder: folder.path.appending("apt")))
    }

    @Test("the command line goes before the environment, that before the configuration file, and that before apt's sources")
    func order() throws {
        try write("deb http://apt.invalid/debian bookworm main\n", to: "apt/sources.list")
        #expect(try mirrors().main == "http://apt.invalid/debian")
        try write("mirrors:\n  debian: http://file.invalid/debian/\n  debian-security: http://file.invalid/sec\n", to: "config/kmatrix/config.yml")
        #expect(try mirrors().main == "http://file.invalid/debian")
        #expect(try mirrors().security == "http://file.invalid/sec")
        let environment = ["KMATRIX_DEBIAN_MIRROR": "http://environment.invalid/debian"]
        #expect(try mirrors(environment: environment).main == "http://environment.invalid/debian")
        #expect(try mirrors(environment: environment).security == "http://environment.invalid/debian-security")
        #expect(try mirrors(["debian": "http://line.invalid/debian"], environment: environment).main == "http://line.invalid/debian")
        let security = ["debian-security": "http://line.invalid/sec"]
        #expect(try mirrors(security, environment: environment).main == "http://environment.invalid/debian")
        #expect(try mirrors(security, environment: environment).security == "http://line.invalid/sec")
    }

    @Test("without any of them there is a message that names all four")
    func none() throws {
        let error = try #require(throws: CatalogueError.self) { _ = try mirrors() }
        #expect(error.code == .noMirror)
        for part in ["--mirror", "KMATRIX_DEBIAN_MIRROR", "config.yml", "apt"] { #expect(error.description.contains(part)) }
    }

    @Test("a malformed configuration file is named with the line", arguments: ["mirrors:\n  debian: [unclosed\n", "mirrors:\n\tdebian: x\n", "mirrors: 5\n"])
    func malformed(text: String) throws {
        try write(text, to: "config/kmatrix/config.yml")
        let error = try #require(throws: CatalogueError.self) { _ = try mirrors() }
        #expect(error.code == .badConfiguration)
        #expect(error.description.contains("config.yml"))
        #expect(error.description.contains(/line|:\d/), "\(error)")
    }

    @Test("an unknown repository in the configuration file is refused")
    func unknown() throws {
        try write("mirrors:\n  debain: http://file.invalid/debian\n", to: "config/kmatrix/config.yml")
        let error = try #require(throws: CatalogueError.self) { _ = try mirrors() }
        #expect(error.code == .badConfiguration)
        #expect(error.description.contains("debain"))
    }

    @Test("an address that is not one of the web is refused")
    func badAddress() throws {
        let error = try #require(throws: CatalogueError.self) { _ = try mirrors(["debian": "file:///srv/debian"]) }
        #expect(error.code == .badAddress)
    }

    @Test("apt's sources are read in both styles, with options, comments and what is switched off")
    func aptStyles() throws {
        try write(
            """
            # deb http://comment.invalid/debian bookworm main
            deb-src http://source.invalid/debian bookworm main
            deb [arch=amd64 signed-by=/usr/share/keyrings/some.gpg] http://one.invalid/debian/ bookworm main contrib # here
            """, to: "apt/sources.list")
        #expect(try mirrors().main == "http://one.invalid/debian")
        try write(
            """
            Types: deb
            URIs: http://off.invalid/debian
            Suites: bookworm
            Components: main
            Enabled: no

            Types: deb deb-src
            # the nearest
            URIs: http://two.invalid/debian
            Suites: bookworm bookworm-updates
            Components: main
            Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

            Types: deb
            URIs: http://two.invalid/elsewhere/debian-security/
            Suites: bookworm-security
            Components: main
            """, to: "apt/sources.list.d/debian.sources")
        #expect(try mirrors().main == "http://two.invalid/debian")
        #expect(try mirrors().security == "http://two.invalid/elsewhere/debian-security")
    }

    @Test("other vendors' repositories are not taken for Debian's, though they use its suite names")
    func vendors() throws {
        try write("deb http://browser.invalid/linux/deb stable main\n", to: "apt/sources.list.d/a-browser.list")
        try write("deb http://containers.invalid/linux/debian bookworm stable\n", to: "apt/sources.list.d/b-containers.list")
        try write("deb http://database.invalid/debian bookworm-pgdg main\n", to: "apt/sources.list.d/c-database.list")
        try write("deb http://mirror.invalid/debian bookworm main\n", to: "apt/sources.list.d/debian.list")
        #expect(try mirrors().main == "http://mirror.invalid/debian")
        #expect(try mirrors().security == "http://mirror.invalid/debian-security")
    }
}
