/// The range of a text in a message, as offsets from the message's first byte, which stay valid when the bytes move in memory.
struct TextRange {
    var start: Int32 = 0
    var end: Int32 = 0

    init() {}

    init(_ start: Int, _ end: Int) { (self.start, self.end) = (Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: end)) }

    var count: Int { Int(end - start) }

    func moved(by offset: Int) -> TextRange { TextRange(Int(start) + offset, Int(end) + offset) }

    func text(in message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: message[Int(start)..<Int(end)]) }
}

/// A header field's name and value.
struct HeaderField {
    var name: TextRange
    var value: TextRange

    func moved(by offset: Int) -> HeaderField { HeaderField(name: name.moved(by: offset), value: value.moved(by: offset)) }
}
