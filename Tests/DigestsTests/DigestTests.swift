import Digests
import Testing

@Suite("Digests")
struct DigestTests {
    /// FIPS 180-2, appendices B to D: "abc", two blocks of letters, and a million letters.
    static let vectors: [(content: [UInt8], algorithm: DigestAlgorithm, digest: String)] = [
        (Array("abc".utf8), .sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8), .sha256, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        ([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), .sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        (Array("abc".utf8), .sha384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
        (
            Array("abc".utf8), .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), .sha512,
            "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"
        ),
    ]

    @Test("are those of the standard", arguments: vectors)
    func standard(vector: (content: [UInt8], algorithm: DigestAlgorithm, digest: String)) {
        let digest = Digest(of: vector.content, vector.algorithm)
        #expect(digest.hexadecimal == vector.digest)
        #expect(digest.bytes.count == vector.algorithm.byteCount)
    }

    @Test("do not depend on how the content is cut into pieces", arguments: DigestAlgorithm.allCases)
    func pieces(algorithm: DigestAlgorithm) {
        let content = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        for length in [1, 63, 64, 65, 127, 128, 129, 999] {
            var running = RunningDigest(algorithm)
            var rest = content[...]
            while !rest.isEmpty {
                // Not contiguous, and contiguous.
                if length % 2 == 0 { running.update(rest.prefix(length).lazy.map(\.self)) } else { running.update(rest.prefix(length)) }
                rest = rest.dropFirst(length)
            }
            #expect(running.digest == Digest(of: content, algorithm))
        }
        #expect(Digest(of: [], algorithm) == RunningDigest(algorithm).digest)
    }

    @Test("a copy goes on independently, and a digest that was read may be continued")
    func copies() {
        var first = RunningDigest()
        first.update("ab".utf8)
        var second = first
        #expect(first.digest == Digest(of: "ab"))
        first.update("c".utf8)
        second.update("d".utf8)
        #expect(first.digest == Digest(of: "abc") && second.digest == Digest(of: "abd"))
        #expect(Digest(of: "abc") != Digest(of: "abc", .sha512))
    }

    @Test("hexadecimal is read in both cases and written in one")
    func hexadecimal() {
        #expect(Hexadecimal.text([0, 0x0F, 0xF0, 0xFF]) == "000ff0ff")
        #expect(Hexadecimal.bytes("000fF0Ff") == [0, 0x0F, 0xF0, 0xFF])
        #expect(Hexadecimal.bytes("0") == nil && Hexadecimal.bytes("0g") == nil && Hexadecimal.bytes("٠٠") == nil)
    }
}
