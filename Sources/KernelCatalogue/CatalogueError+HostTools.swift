import HostTools

extension CatalogueError {
    init(_ error: DownloadError) {
        let code: Code =
            switch error.code {
            case .offline: .offline
            case .unreachable: .unreachable
            case .notFound: .notFound
            case .forbidden: .forbidden
            case .refused: .refused
            case .slow: .slow
            case .interrupted: .interrupted
            case .tooLarge: .tooLarge
            case .noSpace: .noSpace
            case .wrongSize: .sizeMismatch
            case .wrongDigest: .hashMismatch
            case .badAddress: .badAddress
            }
        self.init(code, subject: error.address, detail: error.detail)
    }

    /// - Parameter code: What a failure of the tool means.
    init(_ error: HostToolError, subject: String, failure code: Code = .brokenPackage) {
        switch error.code {
        case .missing: self.init(.toolMissing, subject: error.tool.name, detail: error.tool.package)
        case .noSpace: self.init(.noSpace, subject: subject, detail: error.detail)
        case .tooLarge: self.init(.tooLarge, subject: subject, detail: error.detail)
        case .failed, .notStarted: self.init(code, subject: subject, detail: "\(error.tool.name): \(error.detail)")
        }
    }

    /// Runs a signature check; a failure names the address of the signed file.
    static func signed<Value>(_ address: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as SignatureError {
            throw CatalogueError(.badSignature, subject: address, detail: error.description)
        } catch let error as HostToolError {
            throw CatalogueError(error, subject: address, failure: .badSignature)
        }
    }
}
