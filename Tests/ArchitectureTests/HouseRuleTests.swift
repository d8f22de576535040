import Foundation
import TestSupport
import Testing

@Suite("House rules")
struct HouseRuleTests {
    static func swiftFiles() throws -> [(path: String, text: String)] {
        try ["Sources", "Tests", "ci/benchmarks"].flatMap { try Repository.files(in: $0, endings: [".swift"]) }
    }

    @Test("no source file is longer than 500 lines")
    func length() throws {
        for file in try Self.swiftFiles() {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 500, "\(file.path) has \(lines) lines")
        }
    }

    @Test("a main type stands in the file named after it: no drawers")
    func drawers() throws {
        let drawers = ["Utils", "Util", "Helpers", "Helper", "Extras", "Misc", "Common"]
        for file in try Self.swiftFiles() {
            let name = (file.path as NSString).lastPathComponent.replacing(".swift", with: "")
            #expect(!drawers.contains(name), "\(file.path)")
        }
    }

    @Test("sources neither force nor trap")
    func forcing() throws {
        let sources = try Repository.files(in: "Sources", endings: [".swift"]) + Repository.files(in: "ci/benchmarks/Sources", endings: [".swift"])
        for file in sources where !file.path.contains("/fake-qemu/") {
            for word in ["try!", "fatalError(", "preconditionFailure(", "as! "] {
                #expect(!file.text.contains(word), "\(file.path) contains \(word)")
            }
        }
    }

    @Test("no registry's host and no machine's path is written down")
    func hosts() throws {
        // Put together here so that this file passes its own test.
        let forbidden = ["deb.debian" + ".org", "security.debian" + ".org", "py" + "pi.org", "/wo" + "rk/", "python" + "hosted.org"]
        let files =
            try Self.swiftFiles() + Repository.files(in: "ci", endings: [""]) + Repository.files(in: "bpf", endings: [".c", ".h"])
            + Repository.files(in: "images", endings: [".yml", ".yaml", ".md"])
            + Repository.files(in: "", endings: ["README.md", "Package.swift"]).filter { !$0.path.contains("/") }
        for file in files {
            for word in forbidden { #expect(!file.text.contains(word), "\(file.path) contains \(word)") }
        }
    }

    @Test("no compiled object is committed")
    func objects() throws {
        let tracked = try gitFiles()
        #expect(tracked.isEmpty || tracked.contains("Package.swift"))
        for path in tracked {
            #expect(![".o", ".a", ".so", ".ko", ".deb", ".rpm", ".qcow2", ".img"].contains { path.hasSuffix($0) }, "\(path)")
        }
    }

    /// The index of the checkout; empty where the sources are no checkout.
    private func gitFiles() throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", Repository.root.path(percentEncoded: false), "ls-files"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
