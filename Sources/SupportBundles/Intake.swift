import Archives

/// Takes one file that was sent, piece by piece, and adds what it holds to the contents.
protocol Intake: AnyObject {
    func add(_ bytes: ArraySlice<UInt8>, to contents: inout BundleContents) throws(ArchiveError)
    /// No further piece follows.
    func finish(_ contents: inout BundleContents) throws(ArchiveError)
}
