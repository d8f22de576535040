internal import SystemPackage

/// Why connections are not redirected. The wording follows Azure's own agent and the troubleshooting article, because users search for it; the
/// system's error text comes last.
public struct RedirectorError: Error, Hashable, Sendable, CustomStringConvertible {
    private enum Code: Hashable, Sendable {
        case noObject([FilePath])
        case openFailed(FilePath, SystemErrorText)
        case loadFailed(FilePath, SystemErrorText, hint: String?)
        case unknownABI(FilePath, found: [String])
        case noMap(String)
        case badMap(String, expected: String, found: String)
        case mapUpdate(String, action: String, SystemErrorText)
        case noProgram(String)
        case programRejected(String, SystemErrorText, log: String)
        case attachFailed(String, call: String, SystemErrorText, hint: String?)
        case cgroupOpen(FilePath, SystemErrorText)
        case selfCheck(String)
    }

    private let code: Code
    private init(_ code: Code) { self.code = code }

    static func noObject(_ tried: [FilePath]) -> Self { Self(.noObject(tried)) }
    static func openFailed(_ path: FilePath, _ error: SystemErrorText) -> Self { Self(.openFailed(path, error)) }
    static func loadFailed(_ path: FilePath, _ error: SystemErrorText, hint: String? = nil) -> Self {
        Self(.loadFailed(path, error, hint: hint))
    }
    static func unknownABI(_ path: FilePath, found: [String]) -> Self { Self(.unknownABI(path, found: found)) }
    static func noMap(_ name: String) -> Self { Self(.noMap(name)) }
    static func badMap(_ name: String, expected: String, found: String) -> Self {
        Self(.badMap(name, expected: expected, found: found))
    }
    static func mapUpdate(_ name: String, action: String, _ error: SystemErrorText) -> Self {
        Self(.mapUpdate(name, action: action, error))
    }
    static func noProgram(_ name: String) -> Self { Self(.noProgram(name)) }
    static func programRejected(_ name: String, _ error: SystemErrorText, log: String) -> Self {
        Self(.programRejected(name, error, log: log))
    }
    static func attachFailed(_ name: String, call: String, _ error: SystemErrorText, hint: String? = nil) -> Self {
        Self(.attachFailed(name, call: call, error, hint: hint))
    }
    static func cgroupOpen(_ path: FilePath, _ error: SystemErrorText) -> Self { Self(.cgroupOpen(path, error)) }
    static func selfCheck(_ what: String) -> Self { Self(.selfCheck(what)) }

    /// The verifier's full log, if a program was rejected and the kernel returned one.
    public var verifierLog: String? {
        if case .programRejected(_, _, let log) = code, !log.isEmpty { return log }
        return nil
    }

    public var description: String {
        switch code {
        case .noObject(let tried):
            "Loading eBPF API from file path '\(tried.first.map { "\($0)" } ?? "")' failed with error: File does not exist"
                + " (looked for \(tried.map { "'\($0)'" }.joined(separator: ", ")))"
        case .openFailed(let path, let error):
            "Loading eBPF API from file path '\(path)' failed with error: error parsing BPF object: \(error)"
        case .loadFailed(let path, let error, let hint):
            "Loading eBPF API from file path '\(path)' failed with error: \(hint.map { "\($0): " } ?? "")\(error)"
        case .unknownABI(let path, let found):
            "Failed to get valid map 'policy_map' in BPF object with error: Map does not exist ('\(path)' has"
                + " \(found.isEmpty ? "no maps" : found.joined(separator: ", ")): neither the native ABI nor that of Azure's agent)"
        case .noMap(let name): "Failed to get valid map '\(name)' in BPF object with error: Map does not exist"
        case .badMap(let name, let expected, let found):
            "Failed to load HashMap '\(name)' with error: expected key and value of \(expected) bytes, found \(found)"
        case .mapUpdate(let name, let action, let error): "Failed to update HashMap '\(name)' for '\(action)' with error: \(error)"
        case .noProgram(let name): "Failed to get program '\(name)' with error: Program does not exist"
        case .programRejected(let name, let error, let log):
            "Failed to load program '\(name)' with error: the BPF_PROG_LOAD syscall failed. Verifier output: "
                + (log.isEmpty ? "(none): \(error)" : log)
        case .attachFailed(let name, let call, let error, let hint):
            "Failed to attach program '\(name)' with error: `\(call)` failed: \(error)\(hint.map { " (\($0))" } ?? "")"
        case .cgroupOpen(let path, let error): "Failed to open cgroup '\(path)' with error: \(error)"
        case .selfCheck(let what): "Failed to verify the redirection: \(what)"
        }
    }
}
