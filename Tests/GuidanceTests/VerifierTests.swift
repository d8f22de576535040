import Foundation
import Guidance
import MatrixModel
import TestSupport
import Testing

@Suite("Verifier logs")
struct VerifierTests {
    /// Captured on kernel 5.10 with the variants of `bpf/variants`.
    static func captured(_ name: String) throws -> String {
        let url = Repository.root.appending(path: "Tests/ProbesTests/Evidence/\(name)/verifier.log")
        return try String(contentsOf: url, encoding: .utf8)
    }

    @Test(
        "each captured refusal is explained by the feature that its program was written to need",
        arguments: [
            ("5.10-loop-lookup", "callbacks", KernelSeries(major: 5, minor: 13), "number of funcs in func_info"),
            ("5.10-atomic-exchange", "atomic operations", KernelSeries(major: 5, minor: 12), "BPF_STX uses reserved fields"),
            ("5.10-return-value", "bpf_get_retval#186 in sock_addr", KernelSeries(major: 6, minor: 1), "invalid func unknown#186"),
        ])
    func captured(name: String, feature: String, since: KernelSeries, words: String) throws {
        let explanation = try #require(VerifierExplanation(VerifierLog(try Self.captured(name))))
        let missing = try #require(explanation.missing)
        #expect(missing.name.hasPrefix(feature))
        #expect(missing.since == since)
        #expect(!missing.source.isEmpty)
        #expect(explanation.refusal.hasPrefix(words))
        let catalogue = ["5.10", "6.1", "6.12"].compactMap { try? KernelSeries(parsing: $0) }
        #expect(explanation.kernels(in: catalogue).map(\.description) == ["6.1", "6.12"])
    }

    @Test("the instruction where it stopped has its source line")
    func instruction() throws {
        let log = VerifierLog(try Self.captured("5.10-return-value"))
        #expect(log.last?.text == "call unknown#186")
        #expect(log.last?.opcode == 0x85)
        #expect(log.last?.source?.contains("GPA_ALREADY_REFUSED") == true)
        #expect(log.instructions.first?.source == "int connect4(struct bpf_sock_addr *context)")
    }

    @Test("what was refused as a whole has no instruction")
    func whole() throws {
        #expect(VerifierLog(try Self.captured("5.10-atomic-exchange")).last == nil)
    }

    @Test("newer kernels write registers behind instructions, and file names behind source lines")
    func newer() {
        let log = VerifierLog(
            "0: R1=ctx() R10=fp0\n; __u64 x = f(); @ a.c:7\n0: (85) call bpf_get_retval#186\nprogram of this type cannot use helper "
                + "bpf_get_retval#186\nprocessed 1 insns (limit 1000000)\n"
        )
        #expect(log.refusal == "program of this type cannot use helper bpf_get_retval#186")
        #expect(log.last?.source == "__u64 x = f(); @ a.c:7")
        #expect(VerifierExplanation(log, type: .cgroupSockAddr)?.missing?.since == KernelSeries(major: 6, minor: 1))
        // Without a type nothing says that the helper is missing: the kernel prints its name, so it has it.
        #expect(VerifierExplanation(log)?.answer == .withheld(byLockdown: false))
    }

    @Test(
        "a log that breaks off before its reason explains nothing",
        arguments: ["", "0: (bf) r6 = r1\n1: (85) call bpf_get_socket_cookie#46\n", "processed 12 insns (limit 1000000)\n"])
    func cut(text: String) { #expect(VerifierExplanation(VerifierLog(text)) == nil) }

    @Test("a helper that nobody knows yet is not given a version")
    func future() {
        let explanation = VerifierExplanation(VerifierLog("invalid func unknown#4096"))
        #expect(explanation != nil && explanation?.missing == nil)
    }

    @Test("every rule fires on its words within a log, and not on a sentence of prose", arguments: VerifierRule.all)
    func rules(rule: VerifierRule) {
        let words = (rule.needsRegister ? "R1 " : "") + rule.words.joined(separator: " x ")
        let log = VerifierLog("\(words) 7\nprocessed 1 insns (limit 1000000) max_states_per_insn 0\n")
        #expect(log.state == .refused && VerifierExplanation(log) != nil, "\(words)")
        #expect(VerifierReport.all(in: LogText("We read that the kernel prints \(rule.words.joined(separator: " x ")) in such cases.\n")).isEmpty, "\(words)")
    }

    static let kernels = [KernelSeries(major: 4, minor: 19), KernelSeries(major: 5, minor: 10), KernelSeries(major: 6, minor: 12), nil]

    /// The words of three generations of kernels for a helper that a program may not call.
    static func refusals(_ helper: BPFHelper) -> [String] {
        [
            "program of this type cannot use helper \(helper.name)#\(helper.number)", "unknown func \(helper.name)#\(helper.number)",
            "invalid func unknown#\(helper.number)",
        ]
    }

    typealias Explain = (VerifierLog, BPFProgramType?, KernelSeries?) -> VerifierExplanation?

    static func explain(_ log: VerifierLog, _ type: BPFProgramType?, _ kernel: KernelSeries?) -> VerifierExplanation? {
        VerifierExplanation(log, type: type, kernel: kernel)
    }

    /// The words for which an explanation calls a helper missing although the kernel has it.
    static func wronglyMissing(on kernel: KernelSeries?, _ explain: Explain) -> [String] {
        BPFHelper.all.flatMap { helper in
            (BPFProgramType.allCases.map(Optional.some) + [nil]).flatMap { type in
                refusals(helper).filter { words in
                    let log = VerifierLog("0: (85) call \(helper.number)\n\(words)\nprocessed 1 insns\n")
                    guard let missing = explain(log, type, kernel)?.missing else { return false }
                    if let kernel, missing.isIn(kernel) { return true }
                    // A kernel that prints a helper's name has it: only a type that got it later may lack it.
                    return !words.hasPrefix("invalid") && (type == nil || missing == helper.feature)
                }
            }
        }
    }

    @Test("a helper that is older than the kernel is never called missing", arguments: kernels)
    func neverMissing(kernel: KernelSeries?) { #expect(Self.wronglyMissing(on: kernel, Self.explain) == []) }

    @Test("an explanation that does not look at the kernel calls older helpers missing")
    func brokenByKernel() {
        let broken: Explain = { log, type, _ in VerifierExplanation(log, type: type, kernel: nil) }
        #expect(!Self.wronglyMissing(on: KernelSeries(major: 6, minor: 12), broken).isEmpty)
    }

    /// The lines whose advice does not follow from the answer.
    static func wronglyAdvised(on kernel: KernelSeries?, _ advise: (VerifierExplanation) -> [Advice]) -> [String] {
        let words = VerifierRule.all.map { ($0.needsRegister ? "R1 " : "") + $0.words.joined(separator: " x ") + " 7" } + BPFHelper.all.flatMap(refusals)
        return words.flatMap { line in
            [nil, BPFProgramType.kprobe, .cgroupSockAddr].compactMap { type -> String? in
                guard let explanation = explain(VerifierLog("\(line)\nprocessed 1 insns (limit 1000000)\n"), type, kernel) else { return nil }
                let advice = advise(explanation)
                let newer = advice.compactMap { advice -> KernelFeature? in if case .newerKernel(let feature) = advice { feature } else { nil } }
                let helps = !explanation.conclusion.contains("a newer kernel does not help") && !explanation.conclusion.contains("wrong on any kernel")
                let isRight =
                    newer == explanation.missing.map { [$0] } ?? [] && newer.allSatisfy { feature in kernel.map { !feature.isIn($0) } ?? true }
                    && (newer.isEmpty || helps)
                    // Another kernel is no remedy for what is wrong on any.
                    && (explanation.answer != .program || !advice.contains(.measure(.previousKernel))) && !advice.isEmpty
                    && (explanation.answer.words == "wrong on any kernel") == (explanation.answer == .program)
                return isRight ? nil : line
            }
        }
    }

    @Test("advice follows from the answer: a newer kernel is named where it is known to help, and nowhere else", arguments: kernels)
    func advice(kernel: KernelSeries?) { #expect(Self.wronglyAdvised(on: kernel) { $0.advice } == []) }

    @Test("one list of advice for every answer is seen", arguments: [[Advice.measure(.previousKernel)], [.newerKernel(.cgroupLink)], []])
    func brokenAdvice(list: [Advice]) { #expect(!Self.wronglyAdvised(on: KernelSeries(major: 5, minor: 4)) { _ in list }.isEmpty) }

    @Test(
        "a stray line is no reason: without a trace, statistics or a frame there is no log",
        arguments: [
            "everything is fine\n", "libbpf: loaded\nR is a language\n", "Feb 17 12:00:00 h audit[1]: type=2000 res=1\n", "0: nothing (61)\n",
            "processed the request\n",
        ])
    func stray(text: String) { #expect(VerifierReport.all(in: LogText(text)).isEmpty) }

    @Test(
        "the four outcomes are kept apart",
        arguments: [
            ("R1 !read_ok\nprocessed 1 insns (limit 1000000)\n", VerifierLog.State.refused), ("processed 6780 insns (limit 1000000) max\n", .finished),
            ("", .empty), ("0: (bf) r6 = r1\n1: (85) call bpf_get_so", .cut),
            ("processed 131073 insns (limit 131072)\n", .refused), ("processed 6780 insns (limit 1", .finished),
        ])
    func outcomes(text: String, state: VerifierLog.State) { #expect(VerifierLog(text).state == state) }

    @Test("noise does not bring it down")
    func noise() {
        for text in [
            "99999999999999999999999: (85) x", ": (", "12: (zz) call", ";;;;", "#", "invalid func unknown#", "invalid func unknown#-1", "unknown opcode",
        ] {
            #expect(VerifierExplanation(VerifierLog(text))?.missing == nil)
        }
    }
}

@Suite("The kernel's history")
struct KernelFeatureTests {
    @Test(
        "helpers have the numbers that the kernel's header gives them",
        arguments: [
            (1, "bpf_map_lookup_elem", "3.19"), (14, "bpf_get_current_pid_tgid", "4.2"), (46, "bpf_get_socket_cookie", "4.12"),
            (122, "bpf_get_netns_cookie", "5.7"),
            (130, "bpf_ringbuf_output", "5.8"), (164, "bpf_for_each_map_elem", "5.13"), (181, "bpf_loop", "5.17"), (186, "bpf_get_retval", "5.18"),
            (211, "bpf_cgrp_storage_delete", "6.2"),
        ])
    func numbers(number: Int, name: String, since: String) {
        #expect(BPFHelper(number: number)?.name == name)
        #expect(BPFHelper(number: number)?.feature.since.description == since)
        #expect(BPFHelper(name: name)?.number == number)
    }

    @Test("a helper is never older in a type of program than it is at all")
    func exposures() {
        for helper in BPFHelper.all {
            for type in BPFProgramType.allCases { #expect(helper.feature(in: type).since >= helper.feature.since) }
        }
    }

    @Test("no helper stands twice, and later ones are not older")
    func order() {
        #expect(Set(BPFHelper.all.map(\.name)).count == BPFHelper.all.count)
        #expect(zip(BPFHelper.all, BPFHelper.all.dropFirst()).allSatisfy { $0.feature.since <= $1.feature.since })
        #expect(BPFHelper(number: 0) == nil && BPFHelper(number: -1) == nil && BPFHelper(number: BPFHelper.all.count + 1) == nil)
    }

    @Test(
        "a section names a type", arguments: [("cgroup/connect4", "4.17"), ("kprobe/tcp_v4_connect", "4.1"), ("sockops", "4.13"), ("?cgroup/connect6", "4.17")])
    func sections(section: String, since: String) { #expect(BPFProgramType.features(section: section)?.needs.since.description == since) }

    @Test("a section of code that is no program names none", arguments: [".text", "license", ".maps", "cgroup/connect", "cgroup/connect4x", "kprobes"])
    func otherSections(section: String) { #expect(BPFProgramType.features(section: section) == nil) }
}
