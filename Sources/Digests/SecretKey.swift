internal import CCrypto

/// A secret that authenticates messages with HMAC-SHA256 (RFC 2104). It is overwritten in memory when the last holder releases it, is not
/// printed, and is compared in constant time.
public final class SecretKey: Sendable, Equatable, CustomStringConvertible {
    /// Written by `init` and `deinit` only.
    private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer

    public init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
    }

    /// - Returns: A new key of random bytes.
    public static func random(byteCount: Int) -> SecretKey {
        var generator = SystemRandomNumberGenerator()
        return SecretKey((0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }

    public var byteCount: Int { memory.count }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result { try body(UnsafeRawBufferPointer(memory)) }

    public func authenticationCode(for message: some Sequence<UInt8>) -> Digest {
        let blockSize = Int(SHA256_CBLOCK)
        return withUnsafeTemporaryAllocation(byteCount: blockSize, alignment: 1) { pad in
            defer { OPENSSL_cleanse(pad.baseAddress, blockSize) }
            pad.initializeMemory(as: UInt8.self, repeating: 0)
            if memory.count > blockSize { pad.copyBytes(from: Digest(of: memory).bytes) } else { pad.copyMemory(from: UnsafeRawBufferPointer(memory)) }
            func hash(_ mask: UInt8, _ content: some Sequence<UInt8>) -> Digest {
                for index in pad.indices { pad[index] ^= mask }
                var running = RunningDigest(.sha256)
                running.update(UnsafeRawBufferPointer(pad))
                running.update(content)
                return running.digest
            }
            let inner = hash(0x36, message)
            // The first mask is taken off again as the second is put on.
            return hash(0x36 ^ 0x5c, inner.bytes)
        }
    }

    /// - Returns: Whether `code` is the message's authentication code under this key.
    public func isValid(_ code: some Collection<UInt8>, for message: some Sequence<UInt8>) -> Bool {
        SecretKey(code) == SecretKey(authenticationCode(for: message).bytes)
    }

    public static func == (left: SecretKey, right: SecretKey) -> Bool {
        left.memory.count == right.memory.count && CRYPTO_memcmp(left.memory.baseAddress, right.memory.baseAddress, left.memory.count) == 0
    }

    public var description: String { "a secret of \(memory.count) bytes" }
}
