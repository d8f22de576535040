internal import CLibBPF
internal import Glibc
internal import SystemPackage

/// Chooses the folder to which the programs are attached.
enum CgroupFolder {
    /// The unified hierarchy's mount, else what is configured.
    static func choose(configured: FilePath, log: AgentLog) -> FilePath {
        do {
            if let found = try MountTable.current().cgroup2 { return found }
            log.log(.warn, "No cgroup2 is mounted; trying the configured folder '\(configured)'")
        } catch {
            log.log(.warn, "Failed to read /proc/self/mountinfo: \(error); trying the configured folder '\(configured)'")
        }
        return configured
    }

    /// Why a folder may be unusable as an attach point; nil if no reason is known.
    static func doubt(_ path: FilePath) -> String? {
        let type = path.withPlatformString { gpa_filesystem_type($0) }
        if type < 0 { return "'\(path)': \(SystemErrorText(Int32(truncatingIfNeeded: type)))" }
        // CGROUP2_SUPER_MAGIC of linux/magic.h.
        if type == 0x6367_7270 { return nil }
        return "'\(path)' is not a cgroup2 file system; its type is 0x\(String(type, radix: 16))"
    }
}
