/// Builds payloads.
struct WireWriter {
    var bytes: [UInt8] = []

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Bool) { write(UInt8(value ? 1 : 0)) }

    mutating func write(_ text: String) { write(Array(text.utf8)) }

    mutating func write(_ data: [UInt8]) {
        write(UInt32(data.count))
        bytes.append(contentsOf: data)
    }

    mutating func write<Element>(_ elements: [Element], _ body: (inout WireWriter, Element) -> Void) {
        write(UInt32(elements.count))
        for element in elements { body(&self, element) }
    }

    /// An optional integer: a flag, then the value if there is one.
    mutating func write(optional value: (some FixedWidthInteger)?) {
        write(value != nil)
        if let value { write(value) }
    }
}
