/// How a cell's guest started.
public enum StartMode: Hashable, Sendable {
    /// It booted. Where it should have come from a snapshot: why it did not.
    case cold(reason: String?)
    /// As a copy of a guest that had booted before and waited for its plan.
    case snapshot(key: String)
}

extension StartMode: Codable {
    private enum CodingKeys: String, CodingKey { case how, snapshot, reason }
    private enum How: String, Codable { case cold, snapshot }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .cold(let reason):
            try container.encode(How.cold, forKey: .how)
            try container.encodeNil(forKey: .snapshot)
            try container.encode(reason, forKey: .reason)
        case .snapshot(let key):
            try container.encode(How.snapshot, forKey: .how)
            try container.encode(key, forKey: .snapshot)
            try container.encodeNil(forKey: .reason)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(How.self, forKey: .how) {
        case .cold: self = .cold(reason: try container.decodeIfPresent(String.self, forKey: .reason))
        case .snapshot: self = .snapshot(key: try container.decode(String.self, forKey: .snapshot))
        }
    }
}
