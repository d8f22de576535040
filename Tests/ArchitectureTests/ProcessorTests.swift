import Foundation
import TestSupport
import Testing

/// What differs between processors is said in the files `Architecture….swift`: each other place would be one that the next architecture misses.
@Suite("Processors have one place")
struct ProcessorTests {
    /// Names of processors, and of what only one of them has.
    static let names = ["x86_64", "x86-64", "amd64", "aarch64", "arm64", "ttyS0", "ttyAMA0", "q35", "qemu64"]

    /// Sources that speak of the machines of others, whatever this kmatrix runs on.
    static let allowed = [
        // Field knowledge: names of packages and releases in reports, and in commands for people.
        "Sources/Guidance/", "Sources/Diagnosis/",
        // The emulator of tests, and repositories of tests, are of one processor.
        "Sources/fake-qemu/", "Sources/TestSupport/",
    ]

    static func isPlace(_ path: String) -> Bool {
        path.split(separator: "/").last.map { $0.hasPrefix("Architecture") } == true || allowed.contains { path.hasPrefix($0) }
    }

    /// The lines of a text that name a processor; comments explain with examples.
    static func offences(in text: String) -> [String] {
        text.split(separator: "\n").map { String($0).trimmingCharacters(in: .whitespaces) }
            .filter { line in !line.hasPrefix("//") && names.contains { line.contains($0) } }
    }

    @Test("no other source names one")
    func sources() throws {
        let files = try Repository.files(in: "Sources", endings: [".swift"])
        #expect(files.contains { $0.path.hasSuffix("MatrixModel/Architecture.swift") })
        for file in files where !Self.isPlace(file.path) {
            for line in Self.offences(in: file.text) { Issue.record("\(file.path) names a processor: \(line)") }
        }
    }

    @Test("every place that is allowed one needs it")
    func allowances() throws {
        let files = try Repository.files(in: "Sources", endings: [".swift"])
        for place in Self.allowed {
            #expect(files.contains { $0.path.hasPrefix(place) && !Self.offences(in: $0.text).isEmpty }, "\(place) names none; remove it from the list")
        }
    }

    @Test("a name is seen in code and not in a comment")
    func detection() {
        #expect(Self.offences(in: "let a = \"qemu-system-x86_64\"\n// arm64\n    /// amd64\nlet b = 1") == ["let a = \"qemu-system-x86_64\""])
    }
}
