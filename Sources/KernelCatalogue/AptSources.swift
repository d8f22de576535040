import Foundation
import SystemPackage

/// The repositories this machine's apt uses, one-line and deb822 style (sources.list(5)).
struct AptSources {
    struct Source: Hashable {
        let uri: String
        let suite: String
        var components: [String] = ["main"]
        var signedBy = ""

        /// How likely a source is Debian's own archive; nil when it cannot be. Other vendors' repositories also use Debian's suite names, and
        /// some even the path `/debian`.
        func likelihood(of archive: DebianSuite.Archive) -> Int? {
            guard uri.hasPrefix("http://") || uri.hasPrefix("https://"), components.contains("main"), DebianSuite.isDebian(suite: suite),
                DebianSuite.isSecurity(suite: suite) == (archive == .security)
            else { return nil }
            let path = uri.split(separator: "/").last
            return (signedBy.contains("debian-archive") ? 2 : 0) + (path.map(String.init) == archive.rawValue ? 1 : 0)
        }
    }

    let sources: [Source]

    /// Reads `sources.list` and `sources.list.d`. Files that cannot be read are ignored: apt reports those itself.
    init(folder: FilePath) {
        let manager = FileManager.default
        let parts = folder.appending("sources.list.d")
        let names = (try? manager.contentsOfDirectory(atPath: parts.string))?.sorted() ?? []
        let files = [folder.appending("sources.list")] + names.map { parts.appending($0) }
        sources = files.flatMap { file -> [Source] in
            guard let text = try? String(contentsOfFile: file.string, encoding: .utf8) else { return [] }
            switch file.extension {
            case "list": return Self.oneLine(text)
            case "sources": return Self.deb822(text)
            default: return []
            }
        }
    }

    init(sources: [Source]) { self.sources = sources }

    /// `deb [options] uri suite component…`
    static func oneLine(_ text: String) -> [Source] {
        text.split(separator: "\n").compactMap { line in
            var line = line.prefix { $0 != "#" }
            var options: Substring = ""
            if let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"), open < close {
                options = line[line.index(after: open)..<close]
                line = line[..<open] + " " + line[line.index(after: close)...]
            }
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 3, words[0] == "deb" else { return nil }
            let signedBy = options.split(whereSeparator: \.isWhitespace).first { $0.lowercased().hasPrefix("signed-by=") } ?? ""
            return Source(uri: String(words[1]), suite: String(words[2]), components: words.dropFirst(3).map(String.init), signedBy: String(signedBy))
        }
    }

    /// Stanzas with `Types`, `URIs`, `Suites` and `Components`; `Enabled: no` switches one off.
    static func deb822(_ text: String) -> [Source] {
        ControlStanza.parse(text).flatMap { stanza -> [Source] in
            func words(_ field: String) -> [String] { (stanza[field] ?? "").split(whereSeparator: \.isWhitespace).map(String.init) }
            guard words("Types").contains("deb"), stanza["Enabled"]?.lowercased() != "no" else { return [] }
            return words("URIs").flatMap { uri in
                words("Suites").map { Source(uri: uri, suite: $0, components: words("Components"), signedBy: stanza["Signed-By"] ?? "") }
            }
        }
    }

    /// The address of Debian's own archive, or of its security archive.
    func address(of archive: DebianSuite.Archive) -> String? {
        var best: (likelihood: Int, uri: String)?
        for source in sources {
            guard let likelihood = source.likelihood(of: archive), likelihood > best?.likelihood ?? -1 else { continue }
            best = (likelihood, source.uri)
        }
        return best?.uri
    }
}
