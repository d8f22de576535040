import HostTools
import SystemPackage

/// Downloads images. Its errors state what to do about them.
struct Download: Sendable {
    let settings: DownloadSettings
    var tools = ImageTools()

    /// - Parameters:
    ///   - limit: The most bytes that are accepted.
    ///   - resumes: Whether the file already contains the beginning of the download.
    ///   - headers: `Name: value`. They are sent to the address's own host only.
    /// - Throws: `DiskImageError` (`offline`, `unreachable`, `refused`, `notFound`, `tooLarge`, `noSpace`, `toolMissing`),
    ///   `DownloadChallenge` for the status 401, `CancellationError`.
    func fetch(_ address: String, to file: FilePath, limit: Int, resumes: Bool = false, headers: [String] = []) async throws {
        do {
            try await Downloader(settings: settings, launcher: tools.launcher).fetch(address, to: file, limit: limit, resumes: resumes, headers: headers)
        } catch let error as DownloadError {
            throw DiskImageError(error, file: file)
        } catch let error as HostToolError {
            throw DiskImageError(error, subject: address)
        }
    }
}
