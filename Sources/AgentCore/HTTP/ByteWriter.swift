/// Appends texts to memory of a fixed size.
struct ByteWriter {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

    @discardableResult
    mutating func append(_ text: UnsafeRawBufferPointer) -> TextRange {
        let start = count
        precondition(text.count <= memory.count - start, "the caller reserves room for all that it writes")
        if let source = text.baseAddress, let place = memory.baseAddress { (place + start).copyMemory(from: source, byteCount: text.count) }
        count += text.count
        return TextRange(start, count)
    }

    @discardableResult
    mutating func append(_ text: StaticString) -> TextRange { append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

    @discardableResult
    mutating func append(_ text: String) -> TextRange {
        let start = count
        var text = text
        text.withUTF8 { _ = append(UnsafeRawBufferPointer($0)) }
        return TextRange(start, count)
    }

    mutating func append(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> HeaderField {
        let name = append(name)
        append(": ")
        let field = HeaderField(name: name, value: append(value))
        append("\r\n")
        return field
    }

    mutating func append(_ name: StaticString, _ value: String) -> HeaderField {
        let name = append(name)
        append(": ")
        let field = HeaderField(name: name, value: append(value))
        append("\r\n")
        return field
    }

    /// Appends two lower-case digits for each byte.
    mutating func appendHexadecimal(_ bytes: UnsafeRawBufferPointer) {
        precondition(2 * bytes.count <= memory.count - count, "the caller reserves room for all that it writes")
        for byte in bytes {
            memory[count] = Self.digit(byte >> 4)
            memory[count + 1] = Self.digit(byte & 15)
            count += 2
        }
    }

    mutating func appendDecimal(_ number: UInt16) {
        var divisor: UInt16 = 10_000
        while divisor > 1, number < divisor { divisor /= 10 }
        while divisor > 0 {
            let digit = UInt8(truncatingIfNeeded: number / divisor % 10) + 0x30
            withUnsafeBytes(of: digit) { _ = append($0) }
            divisor /= 10
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x57 }
}
