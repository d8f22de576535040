import CGuestSystem

/// Distinguishes a file that was written again from its earlier version.
struct FileVersion: Equatable {
    private let size: UInt64
    private let inode: UInt64
    private let changed: UInt64

    /// Nil unless the path is a regular file.
    init?(_ path: String) {
        let raw = gs_open_read(path)
        guard raw >= 0 else { return nil }
        let file = Descriptor(owning: raw)
        var isRegular: Int32 = 0
        var (size, inode, changed): (UInt64, UInt64, UInt64) = (0, 0, 0)
        guard gs_status(file.raw, &isRegular, &size, &inode, &changed) == 0, isRegular != 0 else { return nil }
        (self.size, self.inode, self.changed) = (size, inode, changed)
    }
}
