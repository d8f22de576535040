/// An error number of the kernel (errno(3)), as logs of every loader spell it.
public enum SystemError: Int, CaseIterable, Hashable, Sendable {
    case notPermitted = 1
    case noEntry = 2
    case noProcess = 3
    case tooBig = 7
    case badDescriptor = 9
    case tryAgain = 11
    case noMemory = 12
    case accessDenied = 13
    case busy = 16
    case exists = 17
    case noDevice = 19
    case invalid = 22
    case noSpace = 28
    case noSystemCall = 38
    case protocolUnsupported = 93
    case unsupported = 95
    case addressInUse = 98
    case addressUnavailable = 99
    case networkUnreachable = 101
    case timedOut = 110
    case connectionRefused = 111
    case hostUnreachable = 113
    /// `ENOTSUPP`, which is not in errno(3): the kernel's own number, printed as 524.
    case notSupportedInKernel = 524

    /// `EINVAL` and the like.
    public var name: String { Self.spellings[self]?.name ?? "errno \(rawValue)" }

    /// As strerror(3) has it, in small letters.
    public var words: String { Self.spellings[self]?.words ?? "error \(rawValue)" }

    private static let spellings: [SystemError: (name: String, words: String)] = [
        .notPermitted: ("EPERM", "operation not permitted"), .noEntry: ("ENOENT", "no such file or directory"), .noProcess: ("ESRCH", "no such process"),
        .tooBig: ("E2BIG", "argument list too long"), .badDescriptor: ("EBADF", "bad file descriptor"),
        .tryAgain: ("EAGAIN", "resource temporarily unavailable"),
        .noMemory: ("ENOMEM", "cannot allocate memory"), .accessDenied: ("EACCES", "permission denied"), .busy: ("EBUSY", "device or resource busy"),
        .exists: ("EEXIST", "file exists"), .noDevice: ("ENODEV", "no such device"), .invalid: ("EINVAL", "invalid argument"),
        .noSpace: ("ENOSPC", "no space left on device"), .noSystemCall: ("ENOSYS", "function not implemented"),
        .protocolUnsupported: ("EPROTONOSUPPORT", "protocol not supported"), .unsupported: ("EOPNOTSUPP", "operation not supported"),
        .addressInUse: ("EADDRINUSE", "address already in use"), .addressUnavailable: ("EADDRNOTAVAIL", "cannot assign requested address"),
        .networkUnreachable: ("ENETUNREACH", "network is unreachable"), .timedOut: ("ETIMEDOUT", "connection timed out"),
        .connectionRefused: ("ECONNREFUSED", "connection refused"), .hostUnreachable: ("EHOSTUNREACH", "no route to host"),
        .notSupportedInKernel: ("ENOTSUPP", "unknown error 524"),
    ]

    /// The error that a line names, in any spelling: `EINVAL`, `Invalid argument`, `(os error 22)`, `errno 22`, `: -22`, `(-22)`, `code -22`.
    /// - Parameter line: One line. Of several errors the last one counts, which is the one at the bottom of a chain.
    public init?(in line: some StringProtocol) {
        let text = String(line.prefix(2_000)).lowercased()
        var best: (position: String.Index, error: SystemError)?
        func consider(_ position: String.Index, _ error: SystemError) {
            if best.map({ $0.position < position }) ?? true { best = (position, error) }
        }
        for (error, spelling) in Self.spellings {
            if let range = text.ranges(of: spelling.words).last { consider(range.lowerBound, error) }
            if let range = text.ranges(of: spelling.name.lowercased()).last(where: { Self.isWord($0, in: text) }) { consider(range.lowerBound, error) }
        }
        for lead in [
            "os error ", "errno ", "errno -", "errno=", "errno: ", "error code ", "code -", "err = -", "err=-", "error: -", "error -", ": -", "(-", "(", "err=",
            "ret=-",
        ] {
            for range in text.ranges(of: lead) {
                let digits = text[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
                guard digits.count <= 3, let number = Int(digits), let error = SystemError(rawValue: number) else { continue }
                let rest = text[digits.endIndex...]
                // `(22)` is a number of an error, `(61) r0 = …` an instruction, and `: -22.5` neither.
                guard rest.first.map({ !$0.isLetter && $0 != "." }) ?? true, lead != "(" || rest.hasPrefix(")!") || rest.hasPrefix(")."),
                    lead != "(-" || rest.hasPrefix(")")
                else { continue }
                consider(range.lowerBound, error)
            }
        }
        guard let best else { return nil }
        self = best.error
    }

    private static func isWord(_ range: Range<String.Index>, in text: String) -> Bool {
        func isLetter(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
        let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
        let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
        return !isLetter(before) && !isLetter(after)
    }
}
