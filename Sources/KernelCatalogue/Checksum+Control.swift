import Digests
import HostTools

extension Checksum {
    /// The strongest sum that a package's stanza states.
    static func strongest(of stanza: ControlStanza) -> Checksum? {
        stanza["SHA512"].flatMap { Checksum(.sha512, $0) } ?? stanza["SHA384"].flatMap { Checksum(.sha384, $0) }
            ?? stanza["SHA256"].flatMap { Checksum(.sha256, $0) }
    }
}
