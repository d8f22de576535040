internal import Glibc
internal import SystemPackage

/// The place of a service's local rules, and the state of the file.
struct LocalRuleSource {
    enum State: Hashable {
        /// The service has no local rules, or the file does not exist.
        case none
        case present([Int])
        /// With the errno. The customer's rules must not be ignored because of it.
        case unreadable(CInt)
    }

    /// How often an invalid file is read, in case it is being written.
    static let attempts = 3

    let path: FilePath?
    let state: State

    init(_ service: PlatformService, folder: FilePath?) {
        let names: [PlatformService: FilePath.Component] = [.imds: "IMDS_Rules.json", .wireServer: "WireServer_Rules.json"]
        let path = names[service].flatMap { folder?.appending($0) }
        self.path = path
        do throws(Errno) {
            state = try path.map { (path) throws(Errno) in try BoundedFile.signature(of: path) }?.map(State.present) ?? .none
        } catch {
            state = .unreadable(error.rawValue)
        }
    }

    /// Reads the rules; nil when there is no file.
    /// - Parameters:
    ///   - isFresh: Whether the file changed since it was last read. An unchanged file that failed is read only once.
    ///   - pause: The pause between attempts, in microseconds.
    func read(isFresh: Bool, pause: UInt32) throws(LocalRuleFile.Invalid) -> LocalRuleFile? {
        guard let path else { return nil }
        switch state {
        case .none: return nil
        case .unreadable(let number): throw LocalRuleFile.Invalid(description: "'\(path)': \(Errno(rawValue: number))")
        case .present(let signature):
            // Reading from a pipe or a device could block for ever.
            guard signature.last == Int(S_IFREG) else { throw LocalRuleFile.Invalid(description: "'\(path)' is not a regular file") }
        }
        var problem = ""
        for attempt in 1...(isFresh ? Self.attempts : 1) {
            if attempt > 1 { usleep(pause) }
            do {
                return try LocalRuleFile(parsing: try BoundedFile.read(path, limit: LocalRuleFile.largestFile))
            } catch {
                problem = "\(error)"
            }
        }
        throw LocalRuleFile.Invalid(description: "'\(path)': \(problem)")
    }
}
