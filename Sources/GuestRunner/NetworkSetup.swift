import CGuestSystem
import Glibc

/// The guest's addresses. 168.0.0.0/7 holds both 168.63.129.16 and 169.254.169.254, so that the emulator's one user network answers
/// for both and no route is needed.
enum NetworkSetup {
    static let address: [UInt8] = [168, 0, 0, 15]
    static let netmask: [UInt8] = [254, 0, 0, 0]

    static func carryOut() throws(SystemCallError) {
        try SystemCallError.check(gs_interface_up("lo", 0, 0), "bring up", "lo")
        guard let interface = interface() else { throw SystemCallError("find a network interface in", classFolder, code: ENODEV) }
        try SystemCallError.check(gs_interface_up(interface, networkOrder(address), networkOrder(netmask)), "bring up", interface)
    }

    private static let classFolder = "/sys/class/net"

    /// The guest's only network card, under any name; nil when there is none.
    static func interface(classFolder: String = classFolder) -> String? {
        // Interfaces without a device, such as lo, belong to the kernel.
        SmallFile.names(in: classFolder).first { SmallFile.exists("\(classFolder)/\($0)/device") }
    }

    /// Four octets as the kernel's `in_addr` has them in memory.
    static func networkOrder(_ octets: [UInt8]) -> UInt32 {
        octets.prefix(4).enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32($1.offset * 8) }
    }
}
