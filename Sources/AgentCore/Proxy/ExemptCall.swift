/// The two calls that agents make with large bodies: for root they go on unsigned and as they stream, whatever the rules.
enum ExemptCall {
    static func matches(_ method: RequestMethod, _ target: UnsafeRawBufferPointer) -> Bool {
        switch method {
        case .put: HTTPGrammar.equals(target, "/vmagentlog")
        case .post: HTTPGrammar.equals(target, "/machine/?comp=telemetrydata")
        default: false
        }
    }
}
