import GuestProtocol
import MatrixModel
import Testing

@testable import Judgement

/// A cell is about the kernel it names.
@Suite("The kernel that was asked for")
struct AskedKernelTests {
    static func asked(_ release: String, image: String? = nil, build: String? = nil, machine: String = "x86_64") -> AskedKernel {
        AskedKernel(release: release, imageRelease: image, build: build, machine: machine)
    }

    static func hello(_ release: String, build: String = "", machine: String = "x86_64") -> GuestHello {
        GuestHello(release: release, build: build, machine: machine, uptimeMilliseconds: 1)
    }

    static let debian = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-02)"

    @Test(
        "is not another one where release, build and machine agree",
        arguments: [
            // From a package.
            (asked("6.1.0-56-cloud-amd64", image: "6.1.0-56-cloud-amd64", build: debian), hello("6.1.0-56-cloud-amd64", build: debian)),
            // A custom build, with the plus sign of a tree with local changes.
            (
                asked("6.19.0-rc4-custom+", build: "#7 SMP Sat Nov 28 10:00:00 UTC 2026"),
                hello("6.19.0-rc4-custom+", build: "#7 SMP Sat Nov 28 10:00:00 UTC 2026")
            ),
            // A file's plan does not name a release: what the image says counts.
            (asked("", image: "5.15.148", build: "#1 SMP"), hello("5.15.148", build: "#1 SMP")),
            // And one that says nothing can be anything.
            (asked(""), hello("5.15.148", build: "#1 SMP")),
            // A distribution that boots by its own loader, of whose kernel only the release is known.
            (asked("5.15.0-1053-azure"), hello("5.15.0-1053-azure", build: "#60-Ubuntu SMP Tue Nov 12 11:06:15 UTC 2026")),
            // A runner that does not say its build.
            (asked("6.1.0", build: debian), hello("6.1.0")),
            // The kernel cuts what is longer than 64 bytes.
            (asked("6.1.0", build: "#1 SMP " + String(repeating: "x", count: 90)), hello("6.1.0", build: "#1 SMP " + String(repeating: "x", count: 57))),
            (asked("6.1.0", machine: "aarch64"), hello("6.1.0", machine: "aarch64")),
        ])
    func same(asked: AskedKernel, hello: GuestHello) { #expect(asked.difference(from: hello) == nil) }

    @Test(
        "is another one where any of them differs",
        arguments: [
            (asked("6.1.0-56-cloud-amd64"), hello("6.1.0-55-cloud-amd64"), "release 6.1.0-55-cloud-amd64 instead of 6.1.0-56-cloud-amd64"),
            (asked("6.1.0"), hello("6.1.0+"), "release 6.1.0+ instead of 6.1.0"),
            (asked("6.1.0"), hello(""), "release"),
            (asked("", image: "6.1.0"), hello("6.1.1"), "release 6.1.1"),
            (asked("6.1.0", image: "6.1.1"), hello("6.1.1"), "instead of 6.1.0"),
            (asked("6.1.0"), hello("6.1.0", machine: "aarch64"), "machine aarch64 instead of x86_64"),
            (asked("6.1.0", build: debian), hello("6.1.0", build: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-1 (2026-10-01)"), "build #1 SMP"),
        ])
    func other(asked: AskedKernel, hello: GuestHello, words: String) throws {
        let difference = try #require(asked.difference(from: hello))
        #expect(difference.contains(words), "\(difference)")
    }

    @Test("another one is a harness failure, whatever else the guest showed")
    func judgement() throws {
        var evidence = CellEvidence(layout: .unified, expectation: ScenarioExpectation(status: "SUCCESS"), fate: .poweredOff)
        evidence.hello = Self.hello("6.1.0")
        evidence.setupFailure = CellEvidence.SetupFailure(step: "network", reason: "no eth0")
        evidence.askedKernel = Self.asked("6.1.0")
        #expect(Judge.attemptFailure(evidence, [])?.cause == .guestSetup)
        evidence.askedKernel = Self.asked("6.12.1-cloud-amd64")
        let judgement = try #require(Judge.attemptFailure(evidence, []))
        #expect(judgement.cause == .otherKernel && judgement.verdict == .inconclusive)
        #expect(judgement.summary.contains("6.12.1-cloud-amd64"))
    }

    @Test("what a guest says is cut and cleaned before it is quoted")
    func hostile() throws {
        let difference = try #require(Self.asked("6.1.0").difference(from: Self.hello("\u{1B}[31m" + String(repeating: "x", count: 10_000))))
        #expect(difference.count < 1000 && !difference.contains("\u{1B}"))
    }
}
