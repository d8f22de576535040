import CGuestSystem
import Glibc
import GuestProtocol

/// Waits for a device that the kernel is still detecting.
///
/// There is no udev. The kernel announces every change in sysfs on a netlink socket, so sysfs is searched once at first and again after each
/// announcement.
struct DeviceWaiting: ~Copyable {
    private let events: Descriptor?

    init() {
        let raw = gs_device_events()
        events = raw >= 0 ? Descriptor(owning: raw) : nil
    }

    /// The first answer of `find`, or nil when the deadline passed without one.
    func first<Found>(before deadline: Deadline, _ find: () -> Found?) -> Found? {
        while true {
            if let found = find() { return found }
            if deadline.hasPassed { return nil }
            switch events {
            case .some(let socket):
                _ = try? Readiness.wait(for: [socket.raw], timeout: deadline.remaining)
                gs_drain(socket.raw)
            case .none:
                // Without the socket sysfs is searched every 20 ms.
                _ = try? Readiness.wait(for: [], timeout: min(20, deadline.remaining))
            }
        }
    }

    /// The device node of the virtio-serial port with a name, as `/dev/vport1p1`.
    static func serialPort(named wanted: String, classFolder: String = "/sys/class/virtio-ports") -> String? {
        for port in SmallFile.names(in: classFolder) {
            let name = SmallFile.text("\(classFolder)/\(port)/name", limit: 256)
            if name?.split(separator: "\n").first.map(String.init) == wanted { return "/dev/\(port)" }
        }
        return nil
    }

    /// The device node of the virtio disk with a serial number, as `/dev/vda`, or of one of its partitions, as `/dev/vda1`.
    static func disk(_ wanted: GuestDisk, partition: UInt32? = nil, blockFolder: String = "/sys/block") -> String? {
        func word(_ file: String) -> Substring? { SmallFile.text("\(blockFolder)/\(file)", limit: 256)?.split(whereSeparator: \.isWhitespace).first }
        guard let disk = SmallFile.names(in: blockFolder).first(where: { word("\($0)/serial").map(String.init) == wanted.rawValue }) else { return nil }
        guard let partition else { return "/dev/\(disk)" }
        return SmallFile.names(in: "\(blockFolder)/\(disk)").first { $0.hasPrefix(disk) && word("\(disk)/\($0)/partition").flatMap { UInt32($0) } == partition }
            .map { "/dev/\($0)" }
    }
}
