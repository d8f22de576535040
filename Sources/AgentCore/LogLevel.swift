/// The importance of a log line; the most important first.
public enum LogLevel: Int, CaseIterable, Comparable, Sendable {
    case error, warn, info, debug, trace

    public var name: String {
        switch self {
        case .error: "Error"
        case .warn: "Warn"
        case .info: "Info"
        case .debug: "Debug"
        case .trace: "Trace"
        }
    }

    /// The level with this name, case-insensitive.
    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) else { return nil }
        self = level
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
