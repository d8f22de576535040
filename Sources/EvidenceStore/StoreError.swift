public import SystemPackage

/// Evidence could not be written or read.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public let path: FilePath
    public let errno: Errno

    public init(path: FilePath, errno: Errno) {
        self.path = path
        self.errno = errno
    }

    public var description: String {
        switch errno {
        case .noSpace, .diskQuotaExceeded, .fileTooLarge:
            "no space left to write '\(path)' (\(errno)); free space, or choose another folder with --out"
        case .permissionDenied, .readOnlyFileSystem, .notPermitted:
            "cannot write '\(path)' (\(errno)); choose a folder you own with --out"
        case .notDirectory, .fileExists:
            "'\(path)' is in the way (\(errno)); choose another folder with --out"
        case .resourceBusy:
            "another kmatrix is using '\(path)'; wait until it ends, or choose another folder with --out"
        case .noLocks, .noFunction, .notSupported:
            "cannot lock '\(path)' (\(errno)): its file system has no file locks, as NFS without a lock service; choose a folder on another file system "
                + "with --out"
        default:
            "'\(path)': \(errno)"
        }
    }
}
