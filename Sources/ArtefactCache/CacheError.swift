public import SystemPackage

/// The cache could not be written.
public struct CacheError: Error, Sendable, CustomStringConvertible {
    public let path: FilePath
    public let errno: Errno

    public init(path: FilePath, errno: Errno) {
        self.path = path
        self.errno = errno
    }

    public var description: String {
        switch errno {
        case .noSpace, .diskQuotaExceeded:
            "no space left for '\(path)' (\(errno)); free space, run 'kmatrix kernels gc', or set XDG_CACHE_HOME to another disk"
        case .permissionDenied, .readOnlyFileSystem, .notPermitted:
            "cannot write '\(path)' (\(errno)); set XDG_CACHE_HOME to a folder you own"
        case .noLocks, .noFunction, .notSupported:
            "cannot lock '\(path)' (\(errno)): its file system has no file locks, as NFS without a lock service; set XDG_CACHE_HOME to a folder on this "
                + "machine's disk"
        default:
            "cannot write '\(path)' (\(errno))"
        }
    }
}
