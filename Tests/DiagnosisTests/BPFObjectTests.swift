import Diagnosis
import Foundation
import Guidance
import MatrixModel
import TestSupport
import Testing

/// Objects compiled from `bpf/` by `ci/build-bpf`, once for all tests.
@Suite("BPF objects")
struct BPFObjectTests {

    static let objects: Result<[String: [UInt8]], any Error> = Result {
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = temporary.url
        let process = Process()
        process.executableURL = Repository.root.appending(path: "ci/build-bpf")
        process.arguments = [folder.path]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return Dictionary(uniqueKeysWithValues: try files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) })
    }

    static func bytes(_ name: String) throws -> [UInt8] { try #require(try objects.get()["\(name).bpf.o"]) }

    /// The floors that the sources state, and why.
    @Test(
        "the floor that each program's source states is predicted",
        arguments: [
            ("connect4", "5.7", "bpf_get_netns_cookie#122"), ("kprobe-audit", "5.7", "bpf_get_current_pid_tgid#14 in sock_addr programs"),
            ("atomic-exchange", "5.12", "atomic operations that fetch, exchange or compare"),
            ("loop-lookup", "5.17", "bpf_loop#181"), ("return-value", "6.1", "bpf_get_retval#186 in sock_addr programs"),
        ])
    func floors(name: String, floor: String, reason: String) throws {
        let object = try BPFObject(Self.bytes(name))
        #expect(object.floor?.description == floor)
        let newest = object.needs.filter { $0.feature.since == object.floor }
        #expect(newest.contains { $0.feature.name == reason }, "\(newest)")
    }

    /// What real guests showed (the captured evidence of the judgement's tests, and the runs that the README speaks of).
    @Test(
        "what runs showed on 5.10 and 6.1 is what is predicted",
        arguments: [("connect4", true), ("kprobe-audit", true), ("atomic-exchange", false), ("loop-lookup", false), ("return-value", false)])
    func observed(name: String, loadsOn510: Bool) throws {
        let object = try BPFObject(Self.bytes(name))
        #expect(object.missing(in: KernelSeries(major: 5, minor: 10)).isEmpty == loadsOn510)
        #expect(object.missing(in: KernelSeries(major: 6, minor: 1)).isEmpty)
    }

    @Test(
        "what the verifier named as missing is among what is predicted to be",
        arguments: [("atomic-exchange", "5.10-atomic-exchange"), ("loop-lookup", "5.10-loop-lookup"), ("return-value", "5.10-return-value")])
    func explained(name: String, evidence: String) throws {
        let log = try String(contentsOf: Repository.root.appending(path: "Tests/ProbesTests/Evidence/\(evidence)/verifier.log"), encoding: .utf8)
        let missing = try #require(VerifierExplanation(VerifierLog(log))?.missing)
        let predicted = try BPFObject(Self.bytes(name)).missing(in: KernelSeries(major: 5, minor: 10)).map(\.feature)
        #expect(predicted.contains(missing))
    }

    @Test("programs have their sections, and maps their types")
    func parts() throws {
        let object = try BPFObject(Self.bytes("connect4"))
        #expect(object.programs.map(\.section) == ["cgroup/connect4", "sockops", "cgroup/connect6"])
        #expect(object.programs.map(\.type) == [.cgroupSockAddr, .sockOps, .cgroupSockAddr])
        let maps = Dictionary(uniqueKeysWithValues: object.maps.map { ($0.name, $0.type) })
        #expect(maps == ["gpa_policy": 1, "gpa_config": 2, "gpa_pending": 9, "gpa_audit": 9, "gpa_counters": 6])
        #expect(object.hasTypes && object.programs.allSatisfy { $0.relocations == 0 })
    }

    @Test("relocations against the kernel's types are found where they are")
    func relocations() throws {
        let object = try BPFObject(Self.bytes("kprobe-audit"))
        let probe = object.programs.first { $0.type == .kprobe }
        #expect((probe?.relocations ?? 0) > 0)
        #expect(probe?.features.contains(.relocatableTypes) == true)
        #expect(object.programs.first { $0.section == "cgroup/connect4" }?.relocations == 0)
    }

    @Test("a program that no kernel takes is known: without a free licence it may not call reserved helpers, and it has to end")
    func faults() throws {
        let free = try Self.bytes("kprobe-audit")
        #expect(try BPFObject(free).faults.isEmpty)
        // The licence stands in a section of its own.
        var bound = free
        let place = try #require(bound.firstRange(of: Array("GPL".utf8) + [0]))
        bound.replaceSubrange(place, with: Array("BSD".utf8) + [0])
        let fault = try #require(try BPFObject(bound).faults.first)
        #expect(fault.rule.answer.words == "wrong on any kernel" && fault.rule.reason.contains("GPL-compatible"))
        let prediction = Prediction(try BPFObject(bound), series: KernelSeries(major: 6, minor: 12), observed: [])
        #expect(prediction.predicted == .refused && prediction.answer == .program)
        // Every exit becomes a move.
        var endless = free
        for position in stride(from: 0, to: endless.count - 8, by: 8) where endless[position..<position + 8].elementsEqual([0x95, 0, 0, 0, 0, 0, 0, 0]) {
            endless[position] = 0xB7
        }
        #expect(try BPFObject(endless).faults.contains { $0.rule.words.first == "last insn is not an exit or jmp" })
    }

    @Test("what is no BPF object says what it is")
    func refused() {
        #expect(throws: BPFObjectError.self) { try BPFObject(Array("hello".utf8)) }
        #expect { try BPFObject(Array(try Data(contentsOf: URL(filePath: "/bin/sh")))) } throws: { "\($0)".contains("machine 62") }
    }

    @Test("damage is refused or read, and never more than that")
    func damage() throws {
        let whole = try Self.bytes("loop-lookup")
        for length in stride(from: 0, to: whole.count, by: 97) { _ = try? BPFObject(Array(whole.prefix(length))).floor }
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<300 {
            var damaged = whole
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                damaged[Int(state >> 33) % damaged.count] = UInt8(truncatingIfNeeded: state >> 24)
            }
            _ = try? BPFObject(damaged).needs
        }
    }
}

@Suite("What runs showed")
struct ProgramFateTests {
    @Test(
        "a cell tells whether the kernel took the program, or nothing",
        arguments: [
            (Verdict.compatible, nil, true), (.degraded, Cause.identityMissing, true), (.incompatible, .verifierRejected, false),
            (.incompatible, .loadFailed, false), (.incompatible, .noBTF, false),
            (.incompatible, .attachNoCgroup2, true), (.incompatible, .notForwarded, true), (.incompatible, .agentCrashed, nil),
            (.incompatible, .agentSilent, nil), (.inconclusive, .timeout, nil),
            (.unavailable, .notOffered, nil), (.notRun, nil, nil),
        ] as [(Verdict, Cause?, Bool?)])
    func fates(verdict: Verdict, cause: Cause?, loaded: Bool?) { #expect(ProgramFate(verdict: verdict, cause: cause).map { $0 == .loaded } == loaded) }

    @Test(
        "a prediction and what was seen agree, or are a finding",
        arguments: [(true, ProgramFate.loaded, false), (true, .refused, true), (false, .loaded, true), (false, .refused, false)])
    func disagreement(isPredicted: Bool, fate: ProgramFate, isFinding: Bool) {
        let lacking = isPredicted ? [] : [BPFObject.Need(feature: .callbacks, by: ["x"])]
        #expect(Prediction(series: KernelSeries(major: 5, minor: 10), missing: lacking, observed: [fate]).isContradicted == isFinding)
    }

    @Test("a prediction has one of the answers that a diagnosis has, and no finding where nothing is known")
    func answers() {
        let series = KernelSeries(major: 5, minor: 10)
        let lacking = [BPFObject.Need(feature: .callbacks, by: ["x"])]
        #expect(Prediction(series: series, missing: lacking, observed: []).answer?.words == "lacks a feature (since 5.13)")
        #expect(Prediction(series: series, missing: lacking, observed: [], isFaulty: true).answer?.words == "wrong on any kernel")
        let unknown = Prediction(series: series, missing: [], observed: [.loaded, .refused], isKnown: false)
        #expect(unknown.answer?.words == "not known here" && unknown.predicted == nil && !unknown.isContradicted)
        #expect(Prediction(series: series, missing: [], observed: []).answer == nil)
    }
}
