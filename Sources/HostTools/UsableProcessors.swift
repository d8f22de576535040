import CHostSystem

/// The processors that this process may run on (sched_getaffinity(2)): fewer than the machine has under taskset(1) and in a cluster's task.
public enum UsableProcessors {
    /// Their numbers, as the kernel counts them, in order.
    public static let numbers: [Int] = read()
    public static var count: Int { max(1, numbers.count) }

    static func read() -> [Int] {
        // Larger than any kernel's mask: one that is too small is refused (EINVAL).
        var mask = [UInt8](repeating: 0, count: 8 << 10)
        let length = hs_affinity(&mask, mask.count)
        return (0..<max(0, length) * 8).filter { mask[$0 / 8] & 1 << UInt8($0 % 8) != 0 }
    }
}
