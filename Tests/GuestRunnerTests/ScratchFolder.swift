import Foundation
import Testing

/// A folder of the test's own that is gone afterwards.
func withScratchFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    var template = Array(NSTemporaryDirectory().appending("guest-runner-tests-XXXXXX").utf8CString)
    let path = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}
