import SystemPackage

/// Where the parts of an image come from. Its bytes are unverified: the caller compares the hash.
protocol BlobSource: Sendable {
    /// The document that a reference names.
    func document(_ selection: OCIReference.Selection) async throws -> [UInt8]
    func document(_ descriptor: OCIDocument.Descriptor) async throws -> [UInt8]
    /// - Parameter file: What is in it already is the beginning of the part.
    func fetch(_ descriptor: OCIDocument.Descriptor, to file: FilePath) async throws
}
