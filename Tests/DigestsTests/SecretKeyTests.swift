import Digests
import Testing

@Suite("Secret keys")
struct SecretKeyTests {
    /// RFC 4231: short and long keys, keys as long as a block and longer, short and long data.
    static let vectors: [(key: [UInt8], data: [UInt8], code: String)] = [
        ([UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ([UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (Array(0x01...0x19), [UInt8](repeating: 0xcd, count: 50), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        (
            [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array(
                """
                This is a test using a larger than block-size key and a larger than block-size data. \
                The key needs to be hashed before being used by the HMAC algorithm.
                """.utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test("authenticate as the standard says", arguments: vectors)
    func standard(vector: (key: [UInt8], data: [UInt8], code: String)) throws {
        let key = SecretKey(vector.key)
        #expect(key.authenticationCode(for: vector.data).hexadecimal == vector.code)
        let code = try #require(Hexadecimal.bytes(vector.code))
        #expect(key.isValid(code, for: vector.data))
        #expect(!key.isValid(code.dropLast(), for: vector.data))
        #expect(!key.isValid(code, for: vector.data + [0]))
        #expect(!SecretKey(vector.key + [1]).isValid(code, for: vector.data))
        for index in code.indices {
            var wrong = code
            wrong[index] ^= 0x80
            #expect(!key.isValid(wrong, for: vector.data))
        }
    }

    @Test("are equal by their bytes, and random ones are not")
    func equality() {
        #expect(SecretKey([1, 2]) == SecretKey([1, 2]))
        #expect(SecretKey([1, 2]) != SecretKey([1, 3]))
        #expect(SecretKey([1, 2]) != SecretKey([1, 2, 0]))
        #expect(SecretKey([]) == SecretKey([]))
        #expect(SecretKey.random(byteCount: 32) != SecretKey.random(byteCount: 32))
        #expect(SecretKey.random(byteCount: 32).byteCount == 32)
    }

    @Test("are not printed")
    func printing() {
        #expect("\(SecretKey(Array("hunter2".utf8)))" == "a secret of 7 bytes")
        #expect(String(reflecting: SecretKey(Array("hunter2".utf8))) == "a secret of 7 bytes")
    }
}
