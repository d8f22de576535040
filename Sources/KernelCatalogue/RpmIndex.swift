import Digests
import Foundation
import HostTools
import MatrixModel

/// The kernel packages of one rpm repository, from its `primary.xml`.
struct RpmIndex: Codable, Sendable {
    struct Package: Codable, Hashable, Sendable {
        let name: String
        let epoch: String
        let version: String
        let release: String
        /// Relative to the base or else to the repository's folder.
        let location: String
        let base: String?
        let size: Int
        let checksum: Checksum
        /// The `uname -r` of its kernel, if the package states it.
        let kernelRelease: String?
        /// Whether it provides a kernel itself, rather than something for one.
        let isKernel: Bool
    }

    let packages: [Package]
    /// How many packages of any kind the file lists.
    let listed: Int
    /// Packages with a wanted name that cannot be used, and why.
    let unusable: [String]

    /// Reads an index of up to hundreds of megabytes, and keeps the packages with one of `names`.
    /// - Throws: Also for another kind of document, or if it has fewer packages than it states.
    init(_ bytes: Data, names: Set<String>, architecture: Architecture = .host) throws(XMLElement.Malformed) {
        let result = bytes.withUnsafeBytes { buffer in
            do throws(XMLElement.Malformed) { return Result<RpmIndex, XMLElement.Malformed>.success(try RpmIndex(reading: buffer, names, architecture)) } catch
            { return .failure(error) }
        }
        self = try result.get()
    }

    private init(reading buffer: UnsafeRawBufferPointer, _ names: Set<String>, _ architecture: Architecture) throws(XMLElement.Malformed) {
        var tokens = XMLTokens(buffer)
        var found: [Package] = []
        var unusable: [String] = []
        var (listed, stated): (Int, Int?) = (0, nil)
        /// The start of the current package, whether its name is being read, and whether it is wanted.
        var (start, isInName, isWanted) = (0, false, false)
        while true {
            let before = tokens.position
            guard let token = try tokens.next() else { break }
            switch token {
            case .start(let name, let attributes, let isEmpty):
                // The depth counts the element that has just begun, unless it is empty.
                switch tokens.depth + (isEmpty ? 1 : 0) {
                case 1:
                    guard tokens.name(name, is: "metadata") else {
                        throw XMLElement.Malformed(reason: "it is a document '\(tokens.text(name).prefix(40))' instead of 'metadata'")
                    }
                    stated = try XMLElement.attributes(tokens.text(attributes))["packages"].flatMap { Int($0) }
                case 2 where tokens.name(name, is: "package"): (start, isWanted, listed) = (before, false, listed + 1)
                case 3: isInName = tokens.name(name, is: "name") && !isEmpty
                default: break
                }
            case .text(let range, _): if isInName, tokens.depth == 3, names.contains(tokens.text(range)) { isWanted = true }
            case .end(let name):
                isInName = false
                // Most packages are others, and are skipped without making elements of them.
                guard tokens.depth == 1, isWanted, tokens.name(name, is: "package") else { continue }
                isWanted = false
                let element = try XMLElement(parsing: Array(buffer[start..<tokens.position]))
                guard element.child("arch")?.text == architecture.machine else { continue }
                do throws(XMLElement.Malformed) { found.append(try Package(element)) } catch {
                    unusable.append("\(element.child("name")?.text ?? ""): \(error.reason)")
                }
            }
        }
        if let stated, stated != listed { throw XMLElement.Malformed(reason: "it lists \(listed) packages instead of the \(stated) that it states") }
        (packages, self.listed, self.unusable) = (found, listed, unusable)
    }
}

extension RpmIndex.Package {
    fileprivate init(_ element: XMLElement) throws(XMLElement.Malformed) {
        func missing(_ what: String) -> XMLElement.Malformed { XMLElement.Malformed(reason: "it has no \(what)") }
        guard let name = element.child("name")?.text, let numbers = element.child("version")?.attributes, let version = numbers["ver"],
            let release = numbers["rel"]
        else {
            throw missing("version")
        }
        guard let checksum = Checksum(rpm: element.child("checksum")) else { throw missing("SHA-256, SHA-384 or SHA-512") }
        guard let location = element.child("location"), let path = location.attributes["href"] else { throw missing("location") }
        guard let size = element.child("size")?.attributes["package"].flatMap({ Int($0) }), size > 0, size < 2 << 30 else { throw missing("size") }
        let provided = element.child("format")?.child("rpm:provides")?.children("rpm:entry") ?? []
        let uname = provided.first { $0.attributes["name"]?.hasSuffix("uname-r") == true }?.attributes
        let kernelRelease = uname.flatMap { uname in uname["ver"].map { ver in uname["rel"].map { "\(ver)-\($0)" } ?? ver } }
        // Each package provides itself: `kernel`, or `kernel6.12` where several series are on offer.
        let isKernel = provided.contains { entry in
            let name = entry.attributes["name"] ?? ""
            return name.hasSuffix("uname-r") || (name.hasPrefix("kernel") && name.dropFirst("kernel".count).allSatisfy { $0.isNumber || $0 == "." })
        }
        self.init(
            name: name, epoch: numbers["epoch"] ?? "0", version: version, release: release, location: path, base: location.attributes["xml:base"], size: size,
            checksum: checksum, kernelRelease: kernelRelease, isKernel: isKernel)
    }
}

extension Checksum {
    /// `<checksum type="sha512">…</checksum>`
    init?(rpm element: XMLElement?) {
        guard let element else { return nil }
        switch element.attributes["type"] {
        case "sha256": self.init(.sha256, element.text)
        case "sha384": self.init(.sha384, element.text)
        case "sha512": self.init(.sha512, element.text)
        default: return nil
        }
    }
}
