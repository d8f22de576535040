import Foundation
import TestSupport
import Testing

/// Words that read as translated. Help, errors, summaries, articles and README use the field's terms instead.
@Suite("Texts that people read")
struct GlossaryTests {
    /// Each with what to write instead.
    static let glossary: [(pattern: String, instead: String)] = [
        (#"whoever|anybody"#, "name the actor"),
        // The user `nobody` is a name.
        (#"(?<!uid |user )nobody(?![:@\\])"#, "name the actor, or say 'no one who …' as 'no caller'"),
        (#"(?<!there )is no (?!longer|more|less)"#, "is not a"),
        (#"be had"#, "is available"),
        (#"anew"#, "again"),
        (#"(go|goes|went|going) round"#, "bypass"),
        (#"stands? in\b"#, "is in"),
        (#"by itself"#, "automatically, or the actor"),
        (#"as well(?! as)"#, "too, also"),
        (#"beside\b"#, "with, next to, in addition to"),
    ]

    /// The entries that a text offends.
    static func offences(in text: String) throws -> [String] {
        try glossary.filter { entry in
            // Of Foundation, for it looks behind.
            let expression = try NSRegularExpression(pattern: #"\b(?:"# + entry.pattern + ")", options: .caseInsensitive)
            return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
        }.map { "write '\($0.instead)' for \($0.pattern)" }
    }

    /// The string literals of a source, without what is interpolated; comments are for others.
    static func literals(of source: String) throws -> [String] {
        let code = source.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
        let literal = try Regex(#"(?s)"""(.*?)"""|"((?:[^"\\\n]|\\.)*)""#)
        return code.matches(of: literal).map { match in String(code[match.range]) }
    }

    @Test("articles and README use the field's terms")
    func articles() throws {
        let articles =
            try Repository.files(in: "Sources/KmatrixCommands/kmatrix.docc", endings: [".md"])
            + Repository.files(in: "", endings: ["README.md"]).filter { !$0.path.contains("/") }
        #expect(articles.count > 20)
        for article in articles {
            for (number, line) in article.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let offences = try Self.offences(in: String(line))
                #expect(offences.isEmpty, "\(article.path):\(number + 1): \(offences.joined(separator: "; "))")
            }
        }
    }

    @Test("messages of the programs use the field's terms")
    func messages() throws {
        let sources = try Repository.files(in: "Sources", endings: [".swift"]).filter {
            !$0.path.hasPrefix("Sources/TestSupport/") && !$0.path.hasPrefix("Sources/fake-qemu/")
        }
        #expect(sources.count > 500)
        for source in sources {
            for literal in try Self.literals(of: source.text) {
                let offences = try Self.offences(in: literal)
                #expect(offences.isEmpty, "\(source.path): \(literal): \(offences.joined(separator: "; "))")
            }
        }
    }

    @Test(
        "an offence is found, and what only looks like one is not",
        arguments: [
            ("'x' is no kernel that can be booted", true), ("there is no such file", false), ("it is no longer written", false), ("nobody asked", true),
            ("root:x:0:0\\nnobody:x:65534", false), ("the guest goes round the agent", true), ("other layouts as well", true), ("this as well as that", false),
            ("a burst of clients", false),
        ])
    func offence(text: String, isOffence: Bool) throws {
        #expect(try Self.offences(in: text).isEmpty != isOffence)
    }
}
