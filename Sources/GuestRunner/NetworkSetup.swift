import CGuestSystem

/// The guest's addresses. 168.0.0.0/7 holds both 168.63.129.16 and 169.254.169.254, so that the emulator's one user network answers
/// for both and no route is needed.
enum NetworkSetup {
    static let address: [UInt8] = [168, 0, 0, 15]
    static let netmask: [UInt8] = [254, 0, 0, 0]

    static func carryOut(interface: String = "eth0") throws(SystemCallError) {
        try SystemCallError.check(gs_interface_up("lo", 0, 0), "bring up", "lo")
        try SystemCallError.check(gs_interface_up(interface, networkOrder(address), networkOrder(netmask)), "bring up", interface)
    }

    /// Four octets as the kernel's `in_addr` has them in memory.
    static func networkOrder(_ octets: [UInt8]) -> UInt32 {
        octets.prefix(4).enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32($1.offset * 8) }
    }
}
