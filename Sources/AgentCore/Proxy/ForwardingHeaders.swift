/// The header fields that only the agent may send.
public enum ForwardingHeaders {
    static let claimsName: StaticString = "x-ms-azure-host-claims"
    static let dateName: StaticString = "x-ms-azure-host-date"
    /// In requests the signature. In answers a mark that the agent forwarded them; its value is then the word "value".
    static let authorizationName: StaticString = "x-ms-azure-host-authorization"

    public static let claims = "x-ms-azure-host-claims"
    public static let date = "x-ms-azure-host-date"
    public static let authorization = "x-ms-azure-host-authorization"

    /// Whether only the agent may send this field. Some servers treat underscores as dashes.
    static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
        let reserved: StaticString = "x-ms-azure-host-"
        guard name.count >= reserved.utf8CodeUnitCount else { return false }
        for index in 0..<reserved.utf8CodeUnitCount {
            let wanted = reserved.utf8Start[index]
            guard HTTPGrammar.lowercased(name[index]) == wanted || wanted == UInt8(ascii: "-") && name[index] == UInt8(ascii: "_") else { return false }
        }
        return true
    }
}
