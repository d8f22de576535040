public import Foundation

/// Names a run by its start time, so that names sort by time. A random suffix separates runs of the same second.
public enum RunIdentifier {
    public static func make(now: Date = Date()) -> String {
        let stamp = now.formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
        return "\(stamp)-\(String(UInt16.random(in: .min ... .max), radix: 36))"
    }
}
