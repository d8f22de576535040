internal import NIOHTTP1

/// The two calls that agents make with large bodies: for root they go on unsigned and as they stream, whatever the rules.
enum ExemptCall {
    static func matches(_ head: HTTPRequestHead) -> Bool {
        switch head.method {
        case .PUT: head.uri.lowercased() == "/vmagentlog"
        case .POST: head.uri.lowercased() == "/machine/?comp=telemetrydata"
        default: false
        }
    }
}
