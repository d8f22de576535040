import ELFFiles
public import Guidance
public import MatrixModel

/// A compiled BPF object: its programs, and what each needs of a kernel.
public struct BPFObject: Sendable {
    public struct Need: Hashable, Sendable {
        public let feature: KernelFeature
        /// The programs and maps that need it, in the object's order.
        public internal(set) var by: [String]

        public init(feature: KernelFeature, by: [String]) {
            self.feature = feature
            self.by = by
        }
    }

    public struct Program: Hashable, Sendable {
        public let name: String
        public let section: String
        /// Nil for a section of no known type: nothing can be said of it.
        public let type: BPFProgramType?
        public let features: [KernelFeature]
        /// Helpers that the table does not know, by number.
        public let unknownHelpers: [Int]
        /// What is wrong with it on any kernel, in the verifier's words.
        public let faults: [String]
        /// How many of its relocations ask for the kernel's own types.
        public let relocations: Int

        /// The oldest mainline that has all it needs, as far as the object shows; nil where that is not known.
        public var floor: KernelSeries? { type == nil || !unknownHelpers.isEmpty ? nil : features.map(\.since).max() }
    }

    public let programs: [Program]
    public let maps: [(name: String, type: Int)]
    public let hasTypes: Bool
    private let shared: [Need]

    /// - Throws: `BPFObjectError`.
    public init(_ bytes: [UInt8]) throws(BPFObjectError) {
        guard let elf = ELFImage(bytes) else { throw BPFObjectError(.notELF) }
        guard elf.machine == ELFImage.bpf, elf.type == .relocatable else { throw BPFObjectError(.notBPF(machine: elf.machine)) }
        let sections = elf.sections
        let types = sections.first { $0.name == ".BTF" }.flatMap { BPFTypes($0.content) }
        let relocations = types.flatMap { types in sections.first { $0.name == ".BTF.ext" }.map { types.relocations($0.content) } } ?? [:]
        let functions = try BPFFunctions(elf, sections)
        let licence = sections.first { $0.name == "license" }.map { String(decoding: $0.content.prefix { $0 != 0 }, as: UTF8.self) } ?? ""
        let isFree = Self.freeLicences.contains(licence)
        programs = functions.programs.map { program in
            let named = BPFProgramType.features(section: program.section)
            let reach = functions.reach(from: program)
            let count = relocations[program.section] ?? 0
            var features = named.map { [$0.needs] } ?? []
            if count > 0 { features.append(.relocatableTypes) }
            features += reach.features
            var unknown: [Int] = []
            for number in reach.helpers {
                guard let helper = BPFHelper(number: number) else {
                    unknown.append(number)
                    continue
                }
                features.append(named.map { helper.feature(in: $0.type) } ?? helper.feature)
            }
            return Program(
                name: program.name, section: program.section, type: named?.type, features: Self.unique(features), unknownHelpers: unknown,
                faults: Self.faults(of: program, helpers: reach.helpers, isFree: isFree), relocations: count)
        }
        guard !programs.isEmpty else { throw BPFObjectError(.noProgram) }
        maps = types?.maps ?? []
        hasTypes = types != nil
        shared = maps.compactMap { map in BPFMapType.feature(number: map.type).map { Need(feature: $0, by: ["map \(map.name)"]) } }
    }

    /// Licences that the kernel counts as compatible with the GPL (include/linux/license.h).
    private static let freeLicences: Set<String> = ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"]

    /// Helpers that the kernel reserves for such programs (`gpl_only` of their prototypes).
    private static let reserved: Set<String> = [
        "bpf_probe_read", "bpf_trace_printk", "bpf_perf_event_output", "bpf_get_stackid", "bpf_get_current_task", "bpf_probe_write_user", "bpf_probe_read_str",
        "bpf_get_stack", "bpf_probe_read_user", "bpf_probe_read_kernel", "bpf_probe_read_user_str", "bpf_probe_read_kernel_str",
    ]

    private static func faults(of program: BPFFunctions.Function, helpers: [Int], isFree: Bool) -> [String] {
        var found: [String] = []
        if !program.endsWithExit { found.append("last insn is not an exit or jmp") }
        if !isFree, helpers.contains(where: { BPFHelper(number: $0).map { reserved.contains($0.name) } ?? false }) {
            found.append("cannot call GPL-restricted function from non-GPL compatible program")
        }
        return found
    }

    /// What is wrong with a program on any kernel, with the rule that says so.
    public var faults: [(program: String, rule: VerifierRule)] {
        programs.flatMap { program in program.faults.compactMap { words in VerifierRule(words: words).map { (program.name, $0) } } }
    }

    /// Everything it needs, the newest first, and what for.
    public var needs: [Need] {
        var found: [Need] = []
        let all = programs.flatMap { program in program.features.map { Need(feature: $0, by: [program.name]) } } + shared
        for need in all {
            if let index = found.firstIndex(where: { $0.feature == need.feature }) { found[index].by += need.by } else { found.append(need) }
        }
        return found.enumerated().sorted { ($1.element.feature.since, $0.offset) < ($0.element.feature.since, $1.offset) }.map(\.element)
    }

    /// The oldest mainline that takes every program; nil where one cannot be judged.
    public var floor: KernelSeries? {
        let floors = programs.map(\.floor)
        guard floors.allSatisfy({ $0 != nil }) else { return nil }
        return (floors.compactMap(\.self) + shared.map(\.feature.since)).max()
    }

    /// What a kernel lacks of it, the newest first. Vendors port features back, so what is lacking in mainline may be there.
    public func missing(in series: KernelSeries) -> [Need] { needs.filter { !$0.feature.isIn(series) } }

    private static func unique(_ features: [KernelFeature]) -> [KernelFeature] {
        var seen: Set<KernelFeature> = []
        return features.filter { seen.insert($0).inserted }
    }
}

/// Why a file cannot be read as a BPF object.
public struct BPFObjectError: Error, Hashable, Sendable, CustomStringConvertible {
    enum Code: Hashable, Sendable {
        case notELF
        case notBPF(machine: UInt16)
        case noProgram
        case malformed(String)
    }

    let code: Code

    init(_ code: Code) { self.code = code }

    public var description: String {
        switch code {
        case .notELF: "it is not a 64-bit little-endian ELF file"
        case .notBPF(let machine): "it is an ELF file for something else (machine \(machine)), not a BPF object; compile it with clang -target bpf"
        case .noProgram: "it holds no BPF program"
        case .malformed(let reason): "it is damaged: \(reason)"
        }
    }
}
