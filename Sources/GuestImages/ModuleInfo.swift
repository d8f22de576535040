import ELFFiles
import SystemPackage

/// What a kernel module says of itself in its `.modinfo` section: texts of the form `key=value`, each ended by a zero byte.
struct ModuleInfo: Hashable {
    let dependencies: [String]
    /// Modules worth loading before or after this one where they exist (`softdep=pre: a b post: c`, modprobe.d(5)).
    let softBefore: [String]
    let softAfter: [String]

    init(_ module: [UInt8], path: FilePath) throws {
        guard let section = ELFImage(module)?.section(named: ".modinfo") else {
            throw GuestImageError(.brokenModule, path: path, found: "it is not an ELF file with a .modinfo section")
        }
        self.init(section: section)
    }

    init(section: ArraySlice<UInt8>) {
        var (dependencies, before, after): ([String], [String], [String]) = ([], [], [])
        for text in section.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }) {
            if let value = Self.value(of: "depends", in: text) {
                dependencies += value.split(separator: ",").map { ModuleTree.normalised(String($0)) }
            } else if let value = Self.value(of: "softdep", in: text) {
                var isAfter = false
                for word in value.split(separator: " ") {
                    switch word {
                    case "pre:": isAfter = false
                    case "post:": isAfter = true
                    default:
                        let name = ModuleTree.normalised(String(word))
                        if isAfter { after.append(name) } else { before.append(name) }
                    }
                }
            }
        }
        self.dependencies = dependencies
        softBefore = before
        softAfter = after
    }

    private static func value(of key: String, in text: String) -> Substring? { text.hasPrefix(key + "=") ? text.dropFirst(key.utf8.count + 1) : nil }
}
