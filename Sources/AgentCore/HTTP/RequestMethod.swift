/// The method of a request. Known methods that are not served get 405, words that are not methods get 400.
enum RequestMethod: UInt8 {
    case get, head, post, put, delete, options, patch
    case notServed

    /// As `Allow` lists them.
    static let served = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"

    private static let known = Set(
        """
        CONNECT TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY \
        SUBSCRIBE UNSUBSCRIBE PURGE MKCALENDAR LINK UNLINK SOURCE DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN REDIRECT RECORD FLUSH QUERY
        """.split(separator: " ").map(String.init))

    init?(_ text: UnsafeRawBufferPointer) {
        switch text.count {
        case 3 where Self.equals(text, "GET"): self = .get
        case 3 where Self.equals(text, "PUT"): self = .put
        case 4 where Self.equals(text, "POST"): self = .post
        case 4 where Self.equals(text, "HEAD"): self = .head
        case 5 where Self.equals(text, "PATCH"): self = .patch
        case 6 where Self.equals(text, "DELETE"): self = .delete
        case 7 where Self.equals(text, "OPTIONS"): self = .options
        case ...16 where Self.known.contains(String(decoding: text, as: UTF8.self)): self = .notServed
        default: return nil
        }
    }

    /// Whether a request may be sent again without harm (RFC 9110 section 9.2.1).
    var isSafe: Bool { self == .get || self == .head || self == .options }

    private static func equals(_ text: UnsafeRawBufferPointer, _ method: StaticString) -> Bool {
        text.elementsEqual(UnsafeRawBufferPointer(start: method.utf8Start, count: method.utf8CodeUnitCount))
    }
}
