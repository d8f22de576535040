import CGuestSystem
import Glibc

extension MountOperation {
    /// Makes the mount point and mounts.
    func carryOut() throws(SystemCallError) {
        try SmallFile.makeFolders(target)
        var outcome: Int32 = -EINVAL
        for option in options {
            outcome = gs_mount(source, target, type, flags.rawValue, option)
            if outcome != -EINVAL { break }
        }
        try SystemCallError.check(outcome, "mount \(type) on", target)
    }
}
