import HostTools
import SystemPackage

extension DiskImageError {
    init(_ error: DownloadError, file: FilePath) {
        switch error.code {
        case .offline: self.init(.offline, subject: error.address)
        case .unreachable, .slow, .interrupted: self.init(.unreachable, subject: error.address, detail: error.detail)
        case .badAddress: self.init(.unreachable, subject: error.address, detail: "only http and https are fetched")
        case .notFound: self.init(.notFound, subject: error.address)
        case .forbidden, .refused: self.init(.refused, subject: error.address, detail: error.detail)
        case .tooLarge: self.init(.tooLarge, subject: error.address, detail: error.detail)
        case .noSpace: self.init(.noSpace, subject: file.string, detail: error.detail)
        case .wrongSize, .wrongDigest: self.init(.hashMismatch, subject: error.address, detail: error.detail)
        }
    }

    /// - Parameter code: What a failure of the tool means.
    init(_ error: HostToolError, subject: String, failure code: Code = .toolFailed) {
        switch error.code {
        case .missing: self.init(.toolMissing, subject: error.tool.name, detail: error.tool.package)
        case .noSpace: self.init(.noSpace, subject: subject, detail: error.detail)
        case .tooLarge: self.init(.tooLarge, subject: subject, detail: error.detail)
        case .failed, .notStarted: self.init(code, subject: code == .toolFailed ? error.tool.name : subject, detail: error.detail)
        }
    }
}
