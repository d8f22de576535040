import Foundation

/// One thing QEMU's monitor says (QMP: docs/interop/qmp-spec.txt of QEMU), as far as the harness looks at it.
enum MonitorMessage: Hashable, Sendable {
    case greeting
    /// The answer to a command; of its content only the status of a migration matters.
    case success(status: String?)
    case failure(description: String)
    case event(name: String, status: String?)

    /// What QEMU says in one line; nothing the harness knows is longer. In bytes.
    static let maximumLine = 64 << 10

    init(parsing line: [UInt8]) throws(MonitorViolation) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else { throw .notAnObject }
        if object["QMP"] is [String: Any] {
            self = .greeting
        } else if let error = object["error"] as? [String: Any] {
            self = .failure(description: String((error["desc"] as? String ?? "no reason given").prefix(500)))
        } else if let name = object["event"] as? String {
            self = .event(name: name, status: (object["data"] as? [String: Any])?["status"] as? String)
        } else if let answer = object["return"] {
            self = .success(status: (answer as? [String: Any])?["status"] as? String)
        } else {
            throw .unknown
        }
    }
}

/// What no monitor says.
enum MonitorViolation: Error, Hashable, CustomStringConvertible {
    case lineTooLong
    case notAnObject
    case unknown
    case outOfTurn

    var description: String {
        switch self {
        case .lineTooLong: "a line of more than \(MonitorMessage.maximumLine) bytes"
        case .notAnObject: "a line that is not a JSON object"
        case .unknown: "a message that is not a greeting, answer or event"
        case .outOfTurn: "an unexpected answer"
        }
    }
}

/// Cuts what the monitor says into messages. Holds at most one incomplete line.
struct MonitorDecoder {
    private var line: [UInt8] = []

    mutating func decode(_ bytes: some Sequence<UInt8>) throws(MonitorViolation) -> [MonitorMessage] {
        var messages: [MonitorMessage] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                if line.count > MonitorMessage.maximumLine { throw .lineTooLong }
                continue
            }
            let isBlank = line.allSatisfy { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: " ") }
            if !isBlank { messages.append(try MonitorMessage(parsing: line)) }
            line.removeAll(keepingCapacity: true)
        }
        return messages
    }
}
