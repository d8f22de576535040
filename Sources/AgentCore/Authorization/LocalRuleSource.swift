internal import Glibc
internal import SystemPackage

/// Where a service's local rules may be, and what is there now.
struct LocalRuleSource {
    enum State: Hashable {
        /// Services without local rules, and files that do not exist.
        case none
        case present([Int])
        /// With the error's number. That is no reason to do without the customer's rules.
        case unreadable(CInt)
    }

    /// How often a file that is not a document is read, in case somebody is writing it just then.
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

    /// Nil when there is none.
    /// - Parameters:
    ///   - isFresh: Whether it changed since it was last read; one that failed as it is now gets no second attempt.
    ///   - pause: Between attempts, in microseconds.
    func read(isFresh: Bool, pause: UInt32) throws(LocalRuleFile.Invalid) -> LocalRuleFile? {
        guard let path else { return nil }
        switch state {
        case .none: return nil
        case .unreadable(let number): throw LocalRuleFile.Invalid(description: "'\(path)': \(Errno(rawValue: number))")
        case .present(let signature):
            // Reading from a pipe or a device could take for ever.
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
