import Foundation
import SystemPackage
import TestSupport

/// A folder for a connection log, and what is in it.
struct ConnectionLogFolder {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var path: FilePath { folder.path }
    private var file: String { path.appending("ProxyAgent.Connection.log").string }

    var text: String { get throws { try String(contentsOfFile: file, encoding: .utf8) } }

    var permissions: Int? {
        get throws { try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int }
    }
}
