import QEMUGuest
import Synchronization
import SystemPackage
import Testing

@testable import MatrixRunner

@Suite("The question for an accelerator")
struct AcceleratorQuestionTests {
    private static func kernel(_ release: String) -> PreparedKernel {
        PreparedKernel(boot: .elf("/k"), initramfs: "/i", modules: nil, config: nil, release: release)
    }

    @Test("is asked once, with the kernel that was ready first, whoever waits")
    func once() async throws {
        let asked = Mutex<[String?]>([])
        let question = AcceleratorQuestion { kernel in
            asked.withLock { $0.append(kernel.release) }
            return AcceleratorProbe.Answer(accelerator: .tcg, reason: "a test")
        }
        await question.begin(with: Self.kernel("6.1"))
        let answers = try await [question.answer(with: Self.kernel("6.2")), question.answer(with: Self.kernel("6.3"))]
        #expect(answers.map(\.accelerator) == [.tcg, .tcg] && asked.withLock { $0 } == ["6.1"])
    }

    @Test("ends with whoever waits, and when nobody does")
    func cancelled() async throws {
        let question = AcceleratorQuestion { _ in
            try await Task.sleep(for: .seconds(3600))
            return AcceleratorProbe.Answer(accelerator: .kvm, reason: "too late")
        }
        let waiting = Task { try await question.answer(with: Self.kernel("6.1")) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        await question.end()
    }
}
