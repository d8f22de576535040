import Foundation
import SystemPackage

/// The repositories this machine's apt uses, one-line and deb822 style (sources.list(5)).
struct AptSources {
    struct Source: Hashable {
        let uri: String
        let suite: String
    }

    let sources: [Source]

    /// Reads `sources.list` and `sources.list.d`. What cannot be read is not there: apt's own complaint is not ours.
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
            if let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"), open < close {
                line = line[..<open] + " " + line[line.index(after: close)...]
            }
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 3, words[0] == "deb" else { return nil }
            return Source(uri: String(words[1]), suite: String(words[2]))
        }
    }

    /// Stanzas with `Types`, `URIs` and `Suites`; `Enabled: no` switches one off.
    static func deb822(_ text: String) -> [Source] {
        ControlStanza.parse(text).flatMap { stanza -> [Source] in
            guard stanza["Types"]?.split(whereSeparator: \.isWhitespace).contains("deb") == true, stanza["Enabled"]?.lowercased() != "no" else { return [] }
            let suites = (stanza["Suites"] ?? "").split(whereSeparator: \.isWhitespace)
            return (stanza["URIs"] ?? "").split(whereSeparator: \.isWhitespace).flatMap { uri in
                suites.map { Source(uri: String(uri), suite: String($0)) }
            }
        }
    }

    /// The address of Debian's own archive, or of its security archive.
    func address(of archive: DebianSuite.Archive) -> String? {
        sources.first { source in
            let isWeb = source.uri.hasPrefix("http://") || source.uri.hasPrefix("https://")
            return isWeb && DebianSuite.isDebian(suite: source.suite) && DebianSuite.isSecurity(suite: source.suite) == (archive == .security)
        }?.uri
    }
}
