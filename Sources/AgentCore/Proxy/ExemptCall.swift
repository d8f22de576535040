/// The two calls with large bodies. From root they are streamed unsigned, independent of the rules.
enum ExemptCall {
    static func matches(_ method: RequestMethod, _ target: UnsafeRawBufferPointer) -> Bool {
        switch method {
        case .put: HTTPGrammar.equals(target, "/vmagentlog")
        case .post: HTTPGrammar.equals(target, "/machine/?comp=telemetrydata")
        default: false
        }
    }
}
