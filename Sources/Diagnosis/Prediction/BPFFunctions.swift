import ELFFiles
import Guidance

/// The functions of an object, what each uses on its own, and whom it calls.
struct BPFFunctions {
    struct Function {
        let name: String
        let section: String
        fileprivate(set) var features: [KernelFeature] = []
        fileprivate(set) var helpers: [Int] = []
        fileprivate(set) var callees: Set<Int> = []
        /// Whether its last instruction leaves it or jumps.
        fileprivate(set) var endsWithExit = false
    }

    private let all: [Function]
    /// Those that the kernel calls: everything in a section of its own name.
    var programs: [Function] { all.filter { $0.section != ".text" } }

    private static let mostInstructions = 1_000_000

    /// - Throws: `BPFObjectError`.
    init(_ elf: ELFImage, _ sections: [ELFImage.Section]) throws(BPFObjectError) {
        let symbols = elf.symbols(sections)
        var functions: [Function] = []
        /// Where each begins and ends, by section.
        var places: [(section: Int, range: Range<Int>)] = []
        for symbol in symbols where symbol.isFunction {
            guard let section = sections.first(where: { $0.index == symbol.section }), section.isCode, section.kind == .program else { continue }
            guard symbol.value % 8 == 0, symbol.size % 8 == 0, symbol.value + symbol.size <= section.content.count, symbol.size > 0 else {
                throw BPFObjectError(.malformed("function '\(symbol.name.prefix(100))' leads out of its section"))
            }
            functions.append(Function(name: symbol.name, section: section.name))
            places.append((section.index, symbol.value..<(symbol.value + symbol.size)))
        }
        func function(at offset: Int, in section: Int) -> Int? { places.firstIndex { $0.section == section && $0.range.contains(offset) } }
        for (index, place) in places.enumerated() {
            guard let section = sections.first(where: { $0.index == place.section }) else { continue }
            let code = section.content.dropFirst(place.range.lowerBound).prefix(place.range.count)
            guard code.count / 8 <= Self.mostInstructions else {
                throw BPFObjectError(.malformed("function '\(functions[index].name.prefix(100))' is too long"))
            }
            let instructions = stride(from: code.startIndex, to: code.endIndex, by: 8).map { BPFInstruction(code[$0..<$0 + 8]) }
            let targets = Dictionary(elf.relocations(of: section, sections).map { ($0.offset, $0.symbol) }, uniquingKeysWith: { first, _ in first })
            var own = functions[index]
            own.read(instructions) { position in
                guard let number = targets[place.range.lowerBound + position * 8], symbols.indices.contains(number) else { return nil }
                let symbol = symbols[number]
                guard symbol.section != 0 else { return .elsewhere }
                guard let target = sections.first(where: { $0.index == symbol.section }) else { return nil }
                guard target.isCode else { return .data(section: target.name) }
                // A call to a section's own symbol says in the immediate which of its functions it means, less the next one.
                let instruction = instructions[position]
                let within = symbol.isFunction ? symbol.value : instruction.isWide ? Int(instruction.immediate) : (Int(instruction.immediate) + 1) * 8
                return function(at: within, in: target.index).map { .function($0) }
            } local: { position, distance in
                function(at: place.range.lowerBound + (position + 1 + distance) * 8, in: section.index)
            }
            functions[index] = own
        }
        all = functions
    }

    /// What a program uses, itself or through others.
    func reach(from program: Function) -> (features: [KernelFeature], helpers: [Int]) {
        guard let start = all.firstIndex(where: { $0.name == program.name && $0.section == program.section }) else { return ([], []) }
        var seen: Set<Int> = [start]
        var waiting = [start]
        var features: [KernelFeature] = []
        var helpers: [Int] = []
        while let index = waiting.popLast() {
            features += all[index].features
            helpers += all[index].helpers
            for callee in all[index].callees.sorted() where seen.insert(callee).inserted { waiting.append(callee) }
        }
        return (features, helpers)
    }
}

/// What a relocation points at.
private enum RelocationTarget {
    case function(Int)
    case data(section: String)
    /// Not in this object: a function of the kernel's, or a value of its configuration.
    case elsewhere
}

extension BPFFunctions.Function {
    fileprivate mutating func read(_ instructions: [BPFInstruction], target: (Int) -> RelocationTarget?, local: (Int, Int) -> Int?) {
        var position = 0
        if instructions.count > 4096 { note(.millionInstructions) }
        while position < instructions.count {
            let instruction = instructions[position]
            if let feature = instruction.needs { note(feature) }
            if instruction.isCall {
                readCall(instruction, target(position), local(position, Int(instruction.immediate)))
            } else if instruction.isWide {
                switch target(position) {
                case .function(let index):
                    note(.callbacks)
                    callees.insert(index)
                case .data(let section) where [".data", ".rodata", ".bss"].contains(where: { section.hasPrefix($0) }): note(.globalData)
                case .data, .elsewhere, nil: break
                }
            }
            position += instruction.isWide ? 2 : 1
        }
        endsWithExit = instructions.last?.endsFlow == true
        if Self.hasLoop(instructions) { note(.boundedLoops) }
    }

    private mutating func readCall(_ instruction: BPFInstruction, _ target: RelocationTarget?, _ local: Int?) {
        switch target {
        case .function(let index):
            note(.subprograms)
            callees.insert(index)
        case .elsewhere: note(.kernelFunctions)
        case .data, nil:
            if instruction.source == 0 {
                if !helpers.contains(Int(instruction.immediate)) { helpers.append(Int(instruction.immediate)) }
            } else if instruction.source == 1, let local {
                note(.subprograms)
                callees.insert(local)
            } else if instruction.source == 2 {
                note(.kernelFunctions)
            }
        }
    }

    private mutating func note(_ feature: KernelFeature) {
        if !features.contains(feature) { features.append(feature) }
    }

    /// Whether the flow can come back to where it was: a jump backwards alone is not a loop.
    private static func hasLoop(_ instructions: [BPFInstruction]) -> Bool {
        enum Mark { case new, open, done }
        var marks = [Mark](repeating: .new, count: instructions.count)
        var stack: [(at: Int, next: [Int])] = []
        func successors(_ at: Int) -> [Int] {
            let instruction = instructions[at]
            var next = instruction.endsFlow ? [] : [at + (instruction.isWide ? 2 : 1)]
            if let jump = instruction.jump { next.append(at + 1 + jump) }
            return next.filter { instructions.indices.contains($0) }
        }
        guard !instructions.isEmpty else { return false }
        marks[0] = .open
        stack.append((0, successors(0)))
        while let top = stack.last {
            guard let next = top.next.last else {
                marks[top.at] = .done
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next.removeLast()
            switch marks[next] {
            case .open: return true
            case .done: break
            case .new:
                marks[next] = .open
                stack.append((next, successors(next)))
            }
        }
        return false
    }
}
