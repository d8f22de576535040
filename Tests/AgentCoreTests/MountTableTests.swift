import SystemPackage
import Testing

@testable import AgentCore

@Suite("The mount table")
struct MountTableTests {
    @Test("unified: the hierarchy is at /sys/fs/cgroup")
    func unified() {
        let table = MountTable(
            parsing: """
                22 27 0:20 / /proc rw,nosuid,nodev,noexec,relatime shared:11 - proc proc rw
                27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
                28 23 0:25 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
                """)
        #expect(table.cgroup2 == "/sys/fs/cgroup")
        #expect(table.mounts.count == 3)
    }

    @Test("hybrid: the unified one among those of version 1")
    func hybrid() {
        let table = MountTable(
            parsing: """
                29 23 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
                30 29 0:27 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:10 - cgroup2 cgroup2 rw,nsdelegate
                31 29 0:28 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:11 - cgroup cgroup rw,xattr,name=systemd
                """)
        #expect(table.cgroup2 == "/sys/fs/cgroup/unified")
    }

    @Test("legacy: there is none")
    func legacy() {
        let table = MountTable(
            parsing: """
                29 23 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
                31 29 0:28 / /sys/fs/cgroup/memory rw,relatime shared:11 - cgroup cgroup rw,memory
                """)
        #expect(table.cgroup2 == nil)
    }

    @Test("elsewhere: blanks and backslashes in the path are unescaped")
    func elsewhere() {
        let table = MountTable(parsing: "40 1 0:30 / /mnt/c\\040g\\134two rw,relatime - cgroup2 none rw")
        #expect(table.cgroup2 == "/mnt/c g\\two")
    }

    @Test("a mount of the whole hierarchy goes before one of a part")
    func whole() {
        let table = MountTable(
            parsing: """
                40 1 0:30 /machine.slice /srv/part rw - cgroup2 none rw
                41 1 0:30 / /srv/whole rw shared:1 master:2 - cgroup2 none rw
                """)
        #expect(table.cgroup2 == "/srv/whole")
    }

    @Test("a part is taken if that is all there is")
    func part() {
        #expect(MountTable(parsing: "40 1 0:30 /machine.slice /srv/part rw - cgroup2 none rw").cgroup2 == "/srv/part")
    }

    @Test("lines of another form are left out", arguments: ["", "40 1 0:30", "a b c d e f g h i", "40 1 0:30 / /x rw -"])
    func junk(line: String) {
        #expect(MountTable(parsing: line).mounts.isEmpty)
    }
}
