/// An IPv4 address and a port.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    public struct Address: Hashable, Sendable, CustomStringConvertible {
        public let octets: [UInt8]

        public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
            octets = [first, second, third, fourth]
        }

        /// From an integer whose bytes lie in memory as in a packet.
        init(networkOrder value: UInt32) { octets = withUnsafeBytes(of: value) { Array($0) } }

        /// Reads `a.b.c.d`, and `::ffff:a.b.c.d` for the same.
        init?(_ text: String) {
            let text = text.hasPrefix("::ffff:") ? text.dropFirst(7) : text[...]
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let octets = parts.compactMap { UInt8($0) }
            guard parts.count == 4, octets.count == 4 else { return nil }
            self.octets = octets
        }

        var networkOrder: UInt32 { octets.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } }
        public var description: String { octets.map(String.init).joined(separator: ".") }
        public static let loopback = Address(127, 0, 0, 1)
    }

    public let address: Address
    public let port: UInt16

    public init(address: Address, port: UInt16) {
        self.address = address
        self.port = port
    }

    public var description: String { "\(address):\(port)" }

    /// Where the agent's proxy listens.
    public static let proxy = Endpoint(address: .loopback, port: 3080)
    public static let wireServer = Endpoint(address: Address(168, 63, 129, 16), port: 80)
    public static let hostGAPlugin = Endpoint(address: Address(168, 63, 129, 16), port: 32526)
    public static let instanceMetadata = Endpoint(address: Address(169, 254, 169, 254), port: 80)
}
