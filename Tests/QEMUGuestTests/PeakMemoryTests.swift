import Glibc
import Testing

@testable import QEMUGuest

@Suite("The most memory of a process")
struct PeakMemoryTests {
    @Test("is what its status says")
    func status() {
        #expect(PeakMemory.peak(in: "Name:\tqemu-system-x86\nVmPeak:\t  900000 kB\nVmHWM:\t  157668 kB\nVmRSS:\t  151000 kB\n") == 157_668 << 10)
        for text in ["", "Name:\tqemu\nState:\tZ (zombie)\n", "VmHWM:\n", "VmHWM:\tmuch kB\n"] { #expect(PeakMemory.peak(in: text) == nil) }
    }

    @Test("is known as long as somebody looked while it lived")
    func life() {
        let memory = PeakMemory()
        memory.look()
        #expect(memory.bytes == nil)
        memory.began(getpid())
        memory.look()
        #expect(memory.bytes ?? 0 > 1 << 20)
        memory.ended()
        let seen = memory.bytes
        memory.look()
        #expect(memory.bytes == seen)
    }
}
