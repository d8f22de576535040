/// What a guest finds on its payload disk.
public struct PayloadSpec: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        /// Relative to the guest's root, as `usr/sbin/azure-proxy-agent`.
        public let path: String
        public let source: CpioArchive.Source
        /// The permission bits.
        public let mode: UInt32

        public init(path: String, source: CpioArchive.Source, mode: UInt32 = 0o644) {
            self.path = path
            self.source = source
            self.mode = mode
        }
    }

    public let items: [Item]

    public init(_ items: [Item]) { self.items = items }
}
