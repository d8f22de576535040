internal import CCrypto

/// A secret that authenticates messages with HMAC-SHA256 (RFC 2104). It is overwritten in memory when the last holder releases it, is not
/// printed, and is compared in constant time.
public final class SecretKey: Sendable, Equatable, CustomStringConvertible {
    /// Written by `init` and `deinit` only.
    private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer
    /// Likewise: what SHA-256 has made of the padded key, so that it is not made again for each message.
    private nonisolated(unsafe) let states: UnsafeMutablePointer<States>

    private struct States {
        let inner: SHA256_CTX
        let outer: SHA256_CTX
    }

    public init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
        states = .allocate(capacity: 1)
        states.initialize(to: Self.states(of: UnsafeRawBufferPointer(memory)))
    }

    /// - Returns: A new key of random bytes.
    public static func random(byteCount: Int) -> SecretKey {
        var generator = SystemRandomNumberGenerator()
        return SecretKey((0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
        OPENSSL_cleanse(states, MemoryLayout<States>.size)
        states.deallocate()
    }

    public var byteCount: Int { memory.count }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result { try body(UnsafeRawBufferPointer(memory)) }

    /// The length of an authentication code.
    public static let codeByteCount = DigestAlgorithm.sha256.byteCount

    /// Starts a message's authentication code, from the two states that the key alone leads to.
    public func beginAuthenticationCode() -> RunningAuthenticationCode {
        RunningAuthenticationCode(inner: states.pointee.inner, outer: states.pointee.outer)
    }

    public func authenticationCode(for message: some Sequence<UInt8>) -> Digest {
        var running = beginAuthenticationCode()
        let isContiguous: Void? = message.withContiguousStorageIfAvailable { running.update(UnsafeRawBufferPointer($0)) }
        if isContiguous == nil { Array(message).withUnsafeBytes { running.update($0) } }
        return Digest(
            bytes: [UInt8](unsafeUninitializedCapacity: Self.codeByteCount) { code, count in
                running.finish(into: UnsafeMutableRawBufferPointer(code))
                count = Self.codeByteCount
            })
    }

    private static func states(of key: UnsafeRawBufferPointer) -> States {
        let blockSize = Int(SHA256_CBLOCK)
        return withUnsafeTemporaryAllocation(byteCount: blockSize, alignment: 1) { pad in
            defer { OPENSSL_cleanse(pad.baseAddress, blockSize) }
            pad.initializeMemory(as: UInt8.self, repeating: 0)
            if key.count > blockSize { pad.copyBytes(from: Digest(of: key).bytes) } else { pad.copyMemory(from: key) }
            func state(_ mask: UInt8) -> SHA256_CTX {
                for index in pad.indices { pad[index] ^= mask }
                var context = SHA256_CTX()
                SHA256_Init(&context)
                SHA256_Update(&context, pad.baseAddress, blockSize)
                return context
            }
            let inner = state(0x36)
            // The first mask is taken off again as the second is put on.
            return States(inner: inner, outer: state(0x36 ^ 0x5c))
        }
    }

    /// - Returns: Whether `code` is the message's authentication code under this key.
    public func isValid(_ code: some Collection<UInt8>, for message: some Sequence<UInt8>) -> Bool {
        let (given, own) = (Array(code), authenticationCode(for: message).bytes)
        return given.count == own.count && CRYPTO_memcmp(given, own, own.count) == 0
    }

    public static func == (left: SecretKey, right: SecretKey) -> Bool {
        left.memory.count == right.memory.count && CRYPTO_memcmp(left.memory.baseAddress, right.memory.baseAddress, left.memory.count) == 0
    }

    public var description: String { "a secret of \(memory.count) bytes" }
}
