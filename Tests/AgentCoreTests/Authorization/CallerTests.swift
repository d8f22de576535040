import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import AgentCore

@Suite("Callers")
struct CallerTests {
    @Test("names and groups are read from the files themselves, and again when they change")
    func users() throws {
        let folder = try TemporaryFolder()
        let passwd = folder.path.appending("passwd"), group = folder.path.appending("group")
        try Data("root:x:0:0::/:/bin/sh\neve:x:1000:100::/:/bin/sh\nbroken\n".utf8).write(to: URL(filePath: passwd.string))
        try Data("root:x:0:\nusers:x:100:\nwheel:x:10:eve,mallory\n".utf8).write(to: URL(filePath: group.string))
        let database = UserDatabase(passwd: passwd, group: group)
        #expect(database.user(0) == UserDatabase.User(name: "root", groups: ["root"]))
        #expect(database.user(1000) == UserDatabase.User(name: "eve", groups: ["users", "wheel"]))
        #expect(database.user(7) == nil)
        try Data("mallory:x:7:100::/:/bin/sh\n".utf8).write(to: URL(filePath: passwd.string))
        #expect(database.user(7)?.groups == ["users", "wheel"])
        #expect(database.user(1000) == nil)
    }

    @Test("of this very process are right, and of one that is gone are empty")
    func process() throws {
        let own = CallerClaims(
            AuditEntry(destination: .wireServer, processID: UInt32(getpid()), userID: UInt32(getuid()), isRoot: getuid() == 0), users: UserDatabase())
        #expect(own.executable == ProcessFolder.link("/proc/self/exe"))
        #expect(own.commandLine != "undefined")
        let gone = CallerClaims(AuditEntry(destination: .wireServer, processID: .max, userID: 4_000_000_000, isRoot: false), users: UserDatabase())
        #expect(gone.executable == nil && gone.commandLine == "undefined" && gone.userName == "undefined" && gone.groups == [])
    }

    @Test("of a process that runs for somebody else by now are empty")
    func reused() {
        let entry = AuditEntry(destination: .wireServer, processID: UInt32(getpid()), userID: 4_000_000_000, isRoot: false)
        let claims = CallerClaims(entry, users: UserDatabase())
        #expect(claims.executable == nil && claims.commandLine == "undefined" && claims.processName == "")
    }

    @Test("the folder of a process that has ended is empty")
    func ended() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/cat")
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // Its answer shows that exec is over: until then the arguments may be empty.
        try input.fileHandleForWriting.write(contentsOf: Data([10]))
        #expect(try output.fileHandleForReading.read(upToCount: 1) == Data([10]))
        let folder = ProcessFolder(UInt32(process.processIdentifier))!
        let alive = (isOurs: folder.belongs(to: getuid()), executable: folder.executable, arguments: folder.arguments)
        #expect(alive.isOurs && alive.executable?.isEmpty == false && alive.arguments == ["/bin/cat"])
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        let ended = (isSomebodys: folder.belongs(to: 4_000_000_000), executable: folder.executable, arguments: folder.arguments)
        #expect(!ended.isSomebodys && ended.executable == nil && ended.arguments == [])
    }

    @Test(
        "command lines carry no secret",
        arguments: [
            (["curl", "-s", "http://x/"], "curl -s http://x/"), (["a", "b", "c", "d", "e"], "a b c d"),
            (["x", "--password=hunter2"], "x --password=[REDACTED]"),
            (["x", "--token", "abc"], "x --token [REDACTED]"), (["x", "-p", "AccountKey=abc==;Endpoint=y"], "x -p AccountKey=[REDACTED];Endpoint=y"),
            (["x", "http://h/?a=1&sig=abc&b=2"], "x http://h/?a=1&sig=[REDACTED]&b=2"),
            (["x", "-H", "Authorization: Bearer abc"], "x -H Authorization:[REDACTED]"),
            (["x", "Bearer", "abc"], "x Bearer [REDACTED]"), (["x", "CLIENT_SECRET=abc"], "x CLIENT_SECRET=[REDACTED]"),
            (["x", "keyboard=us"], "x keyboard=us"),
            (["x", "-H", "X: Bearer abc"], "x -H X: Bearer [REDACTED]"), (["x", "-u", "me:abc"], "x -u [REDACTED]"),
            (["x", "https://me:abc@h:8/p"], "x https://[REDACTED]@h:8/p"),
            (["x", "https://h:8/p@q"], "x https://h:8/p@q"), (["x", "dbPassword=abc"], "x dbPassword=[REDACTED]"),
            (
                ["x", "Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=abc"],
                "x Endpoint=sb://h/;SharedAccessKeyName=[REDACTED];SharedAccessKey=[REDACTED]"
            ),
        ])
    func redaction(arguments: [String], text: String) { #expect(CommandLineRedaction.text(arguments) == text) }
}
