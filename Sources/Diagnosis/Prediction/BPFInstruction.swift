import Guidance

/// One BPF instruction as it is encoded (RFC 9669, section 3).
struct BPFInstruction {
    let opcode: UInt8
    let source: UInt8
    let offset: Int16
    let immediate: Int32

    /// - Parameter bytes: Eight of them, little-endian.
    init(_ bytes: ArraySlice<UInt8>) {
        let at = { (index: Int) in bytes[bytes.startIndex + index] }
        opcode = at(0)
        source = at(1) >> 4
        offset = Int16(bitPattern: UInt16(at(2)) | UInt16(at(3)) << 8)
        immediate = Int32(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(at(4 + $1)) << ($1 * 8) })
    }

    /// A 64-bit immediate takes the place of two.
    var isWide: Bool { opcode == 0x18 }
    var isCall: Bool { opcode == 0x85 }
    var isExit: Bool { opcode == 0x95 }

    private var isJump: Bool { opcode & 7 == 5 || opcode & 7 == 6 }

    /// How far it may jump, in instructions from the next one; nil for one that does not.
    var jump: Int? {
        guard isJump, !isCall, !isExit else { return nil }
        // `gotol` keeps the distance in the immediate.
        return opcode == 0x06 ? Int(immediate) : Int(offset)
    }

    /// Whether the next instruction is never reached from it.
    var endsFlow: Bool { isExit || opcode == 0x05 || opcode == 0x06 }

    /// What only newer kernels know of the instruction itself.
    var needs: KernelFeature? {
        let (kind, mode) = (opcode & 7, opcode & 0xE0)
        switch kind {
        // A plain atomic addition is as old as BPF. Fetching, exchanging and other operations came with 5.12.
        case 3 where mode == 0xC0: return immediate == 0 ? nil : .atomicFetch
        case 1 where mode == 0x80: return .instructionSet4
        case 6: return opcode == 0x06 ? .instructionSet4 : .jump32
        case 4, 7:
            let operation = opcode & 0xF0
            let isSignedDivision = (operation == 0x30 || operation == 0x90) && offset == 1
            let isSignExtension = operation == 0xB0 && opcode & 8 != 0 && offset != 0
            return isSignedDivision || isSignExtension || opcode == 0xD7 ? .instructionSet4 : nil
        default: return nil
        }
    }
}
