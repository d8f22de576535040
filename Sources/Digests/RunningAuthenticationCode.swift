internal import CCrypto

/// Computes the authentication code of a message that arrives in pieces: `SecretKey.beginAuthenticationCode()` starts one.
public struct RunningAuthenticationCode {
    private var inner: SHA256_CTX
    private let outer: SHA256_CTX

    init(inner: SHA256_CTX, outer: SHA256_CTX) {
        self.inner = inner
        self.outer = outer
    }

    public mutating func update(_ piece: UnsafeRawBufferPointer) { SHA256_Update(&inner, piece.baseAddress, piece.count) }

    /// - Parameter code: Receives the code, of `SecretKey.codeByteCount` bytes.
    public consuming func finish(into code: UnsafeMutableRawBufferPointer) {
        precondition(code.count >= SecretKey.codeByteCount, "a code has \(SecretKey.codeByteCount) bytes")
        let place = code.assumingMemoryBound(to: UInt8.self).baseAddress
        var outer = outer
        SHA256_Final(place, &inner)
        SHA256_Update(&outer, place, SecretKey.codeByteCount)
        SHA256_Final(place, &outer)
        // What is left in the contexts follows from the key.
        OPENSSL_cleanse(&inner, MemoryLayout<SHA256_CTX>.size)
        OPENSSL_cleanse(&outer, MemoryLayout<SHA256_CTX>.size)
    }
}
