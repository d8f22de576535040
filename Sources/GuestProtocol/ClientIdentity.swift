/// Who a client is to the kernel: the credentials of its process (credentials(7)).
public struct ClientIdentity: Hashable, Sendable {
    /// The real user id, which is what a caller is known by.
    public let user: UInt32
    /// The real group id.
    public let group: UInt32
    /// Supplementary group ids.
    public let groups: [UInt32]
    /// The effective user id where it is another one, as in a setuid program.
    public let effectiveUser: UInt32?
    /// Whether the process that connects ends at once and leaves the connection to a child.
    public let isShortLived: Bool

    public init(user: UInt32, group: UInt32, groups: [UInt32] = [], effectiveUser: UInt32? = nil, isShortLived: Bool = false) {
        self.user = user
        self.group = group
        self.groups = groups
        self.effectiveUser = effectiveUser
        self.isShortLived = isShortLived
    }

    /// An ordinary process of a user: root with root's group, another user with the group of the same number.
    public static func ordinary(_ user: UInt32) -> ClientIdentity { ClientIdentity(user: user, group: user) }

    public var isRoot: Bool { user == 0 }
}
