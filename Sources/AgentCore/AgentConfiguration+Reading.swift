import JSON
public import SystemPackage

/// Why a configuration cannot be used.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    private enum Code: Hashable, Sendable {
        case unreadable(Errno)
        case malformed(JSONError)
        case wrongType(key: String, expected: String, found: String)
        case badValue(key: String, value: String, expected: String)
    }

    private let code: Code
    public let path: FilePath

    static func unreadable(_ path: FilePath, _ error: Errno) -> Self { Self(code: .unreadable(error), path: path) }
    static func malformed(_ path: FilePath, _ error: JSONError) -> Self { Self(code: .malformed(error), path: path) }
    static func wrongType(_ path: FilePath, key: String, expected: String, found: String) -> Self {
        Self(code: .wrongType(key: key, expected: expected, found: found), path: path)
    }
    static func badValue(_ path: FilePath, key: String, value: String, expected: String) -> Self {
        Self(code: .badValue(key: key, value: value, expected: expected), path: path)
    }

    private init(code: Code, path: FilePath) {
        self.code = code
        self.path = path
    }

    public var description: String {
        switch code {
        case .unreadable(let error): "cannot read configuration '\(path)': \(error)"
        case .malformed(let error): "configuration '\(path)' is not valid JSON: \(error)"
        case .wrongType(let key, let expected, let found):
            "configuration '\(path)': '\(key)' must be \(expected), but is \(found)"
        case .badValue(let key, let value, let expected):
            "configuration '\(path)': '\(key)' is '\(value)', but must be \(expected)"
        }
    }
}

extension AgentConfiguration {
    /// Larger than any sensible configuration, in bytes.
    static let largestFile = 1 << 20

    /// Reads a configuration. Ignores unknown keys, as Azure's own agent does.
    /// - Parameter mayBeMissing: Whether a file that does not exist means the defaults.
    public init(contentsOf path: FilePath, mayBeMissing: Bool) throws(ConfigurationError) {
        let bytes: [UInt8]
        do {
            bytes = try BoundedFile.read(path, limit: Self.largestFile)
        } catch {
            guard mayBeMissing, error == .noSuchFileOrDirectory else { throw .unreadable(path, error) }
            self.init()
            return
        }
        try self.init(parsing: bytes, path: path)
    }

    /// - Parameter path: Only for error messages.
    public init(parsing bytes: [UInt8], path: FilePath) throws(ConfigurationError) {
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes) } catch { throw .malformed(path, error) }
        guard case .object = document else {
            throw .wrongType(path, key: "(document)", expected: "an object", found: document.typeName)
        }
        self.init()
        let members = Members(document: document, path: path)
        if let folder = try members.string("logFolder") {
            logFolder = folder.isEmpty ? nil : try members.absolute(folder, key: "logFolder")
        }
        if let object = try members.string("ebpfFileFullPath"), !object.isEmpty {
            bpfObject = try members.absolute(object, key: "ebpfFileFullPath")
        }
        if let name = try members.string("ebpfProgramName") {
            guard !name.isEmpty, !name.contains("/"), name != "..", name != "." else {
                throw .badValue(path, key: "ebpfProgramName", value: name, expected: "a file name without folders")
            }
            bpfObjectName = name
        }
        if let root = try members.string("cgroupRoot") { cgroupRoot = try members.absolute(root, key: "cgroupRoot") }
        if let folder = try members.string("latchKeyFolder") {
            guard !folder.isEmpty else { throw .badValue(path, key: "latchKeyFolder", value: "", expected: "an absolute path") }
            keyFolder = try members.absolute(folder, key: "latchKeyFolder")
        }
        if let seconds = try members.integer("pollKeyStatusIntervalInSeconds", 1...3600) { pollInterval = seconds }
        try members.checkUnused()
        if let level = try members.level("fileLogLevel") { fileLogLevel = level }
        if let level = try members.level("fileLogLevelForSystemEvents") { systemLogLevel = level }
    }

    private struct Members {
        let document: JSONValue
        let path: FilePath

        /// Checks keys of Azure's own agent that have no effect here: an invalid value is still an error.
        func checkUnused() throws(ConfigurationError) {
            _ = try integer("monitorIntervalInSeconds", 1...86_400)
            _ = try integer("maxEventFileCount", 0...100_000)
            _ = try level("fileLogLevelForEvents")
            if let folder = try string("eventFolder"), !folder.isEmpty { _ = try absolute(folder, key: "eventFolder") }
            switch document["enableHttpProxyTrace"] {
            case nil, .null, .bool: break
            case .some(let other): throw .wrongType(path, key: "enableHttpProxyTrace", expected: "true or false", found: other.typeName)
            }
            let modes = ["off", "shadow", "enforce"]
            if let mode = try string("canonicalRequestMode"), !modes.contains(mode.lowercased()) {
                throw .badValue(path, key: "canonicalRequestMode", value: mode, expected: "one of \(modes.joined(separator: ", "))")
            }
        }

        func string(_ key: String) throws(ConfigurationError) -> String? {
            switch document[key] {
            case nil, .null: return nil
            case .string(let value):
                guard !value.utf8.contains(0) else {
                    throw .badValue(path, key: key, value: "(text with a NUL)", expected: "text without NUL")
                }
                return value
            case .some(let other): throw .wrongType(path, key: key, expected: "a string", found: other.typeName)
            }
        }

        func absolute(_ value: String, key: String) throws(ConfigurationError) -> FilePath {
            let result = FilePath(value)
            guard result.isAbsolute else { throw .badValue(path, key: key, value: value, expected: "an absolute path") }
            return result
        }

        func integer(_ key: String, _ range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
            switch document[key] {
            case nil, .null: return nil
            case .integer(let value) where range.contains(value): return value
            case .integer(let value):
                throw .badValue(path, key: key, value: "\(value)", expected: "between \(range.lowerBound) and \(range.upperBound)")
            case .some(let other): throw .wrongType(path, key: key, expected: "a whole number", found: other.typeName)
            }
        }

        func level(_ key: String) throws(ConfigurationError) -> LogLevel? {
            guard let text = try string(key) else { return nil }
            guard let level = LogLevel(name: text) else {
                let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
                throw .badValue(path, key: key, value: text, expected: "one of \(names)")
            }
            return level
        }
    }
}
