internal import CCrypto

/// Computes the digest of bytes that arrive in pieces. A value: a copy goes on independently of the original.
public struct RunningDigest: Sendable {
    private enum State {
        case sha256(SHA256_CTX)
        case sha384(SHA512_CTX)
        case sha512(SHA512_CTX)
    }

    private var state: State

    public init(_ algorithm: DigestAlgorithm = .sha256) {
        switch algorithm {
        case .sha256:
            var context = SHA256_CTX()
            SHA256_Init(&context)
            state = .sha256(context)
        case .sha384:
            var context = SHA512_CTX()
            SHA384_Init(&context)
            state = .sha384(context)
        case .sha512:
            var context = SHA512_CTX()
            SHA512_Init(&context)
            state = .sha512(context)
        }
    }

    public mutating func update(_ piece: UnsafeRawBufferPointer) {
        switch state {
        case .sha256(var context):
            SHA256_Update(&context, piece.baseAddress, piece.count)
            state = .sha256(context)
        case .sha384(var context):
            SHA384_Update(&context, piece.baseAddress, piece.count)
            state = .sha384(context)
        case .sha512(var context):
            SHA512_Update(&context, piece.baseAddress, piece.count)
            state = .sha512(context)
        }
    }

    public mutating func update(_ piece: some Sequence<UInt8>) {
        let isContiguous: Void? = piece.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if isContiguous == nil { Array(piece).withUnsafeBytes { update($0) } }
    }

    /// The digest of all pieces so far. More may follow.
    public var digest: Digest {
        Digest(
            bytes: [UInt8](unsafeUninitializedCapacity: DigestAlgorithm.sha512.byteCount) { buffer, count in
                switch state {
                case .sha256(var context):
                    SHA256_Final(buffer.baseAddress, &context)
                    count = DigestAlgorithm.sha256.byteCount
                case .sha384(var context):
                    SHA384_Final(buffer.baseAddress, &context)
                    count = DigestAlgorithm.sha384.byteCount
                case .sha512(var context):
                    SHA512_Final(buffer.baseAddress, &context)
                    count = DigestAlgorithm.sha512.byteCount
                }
            })
    }
}
