import Foundation
import Glibc
@testable import MatrixRunner

/// What the guests of this process take of private memory.
enum GuestFootprint {
    /// Looks five times a second, until the task is cancelled.
    /// - Returns: The most that a guest's processes took, in MiB, and the processor time that looking took, in seconds: the kernel walks
    ///   through all of a guest's memory, some milliseconds each time, and no run does that.
    static func largest() async -> (mebibytes: Double, seconds: Double) {
        var (largest, seconds) = (0, 0.0)
        while !Task.isCancelled {
            let start = threadSeconds
            largest = max(largest, now())
            seconds += threadSeconds - start
            try? await Task.sleep(for: .milliseconds(200))
        }
        return (Double(largest) / 1024, seconds)
    }

    /// In KiB.
    private static func now() -> Int {
        // A guest is an emulator and a network, which differ in their folders from those of other guests.
        let guests = Dictionary(grouping: children(), by: { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) ?? "" })
        return guests.values.map { $0.map(privateKilobytes).reduce(0, +) }.max() ?? 0
    }

    /// The processor time of this thread so far.
    private static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func children() -> [Int] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return threads.flatMap { thread in text("/proc/self/task/\(thread)/children").split(separator: " ").compactMap { Int($0) } }
    }

    /// proc_pid_smaps(5).
    private static func privateKilobytes(_ process: Int) -> Int {
        let text = text("/proc/\(process)/smaps_rollup")
        return ["Private_Clean:", "Private_Dirty:", "Private_Hugetlb:"].compactMap { HostText.value($0, in: text) }.reduce(0, +)
    }

    private static func text(_ path: String) -> String { FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? "" }
}
