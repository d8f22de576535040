import SystemPackage

/// Provides the blobs of an image. Its bytes are unverified: the caller compares the digest.
protocol BlobSource: Sendable {
    /// The document that a reference names.
    func document(_ selection: OCIReference.Selection) async throws -> [UInt8]
    func document(_ descriptor: OCIDocument.Descriptor) async throws -> [UInt8]
    /// - Parameter file: Its present content is the beginning of the blob.
    func fetch(_ descriptor: OCIDocument.Descriptor, to file: FilePath) async throws
}
