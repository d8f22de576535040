extension CallerClaims {
    /// Reads the identity of a connection's client from `/proc` and the user database.
    public init(_ entry: AuditEntry, users: UserDatabase) {
        let process = Self.process(of: entry)
        let user = users.user(entry.userID)
        self.init(
            processID: entry.processID, userID: entry.userID, userName: user?.name ?? "undefined", groups: user?.groups ?? [],
            isRoot: entry.isRoot, executable: process?.executable, commandLine: process?.commandLine ?? "undefined")
    }

    /// Nil when the client has ended, or when its pid now belongs to a process of another user.
    private static func process(of entry: AuditEntry) -> (executable: String, commandLine: String?)? {
        guard let folder = ProcessFolder(entry.processID), folder.belongs(to: entry.userID) else { return nil }
        let arguments = folder.arguments
        // Read last: the link exists only while the process lives, so the owner that was read before is that of the living process.
        guard let executable = folder.executable else { return nil }
        return (executable, arguments.isEmpty ? nil : CommandLineRedaction.text(arguments))
    }
}
