import AgentCore
import SystemPackage
import Testing

@Suite("The command line")
struct AgentInvocationTests {
    @Test("nothing at all runs with the defaults")
    func nothing() throws {
        #expect(try AgentInvocation(arguments: []) == .run(.init()))
        #expect(try AgentInvocation(arguments: ["console"]) == .run(.init(endsOnEnter: true)))
    }

    @Test("options take paths, in any order")
    func options() throws {
        let expected = AgentInvocation.Options(configuration: "/c.json", bpfObject: "/o.o", endsOnEnter: true)
        #expect(try AgentInvocation(arguments: ["--bpf-object", "/o.o", "console", "--config", "/c.json"]) == .run(expected))
    }

    @Test("version and help in both spellings", arguments: [("-v", AgentInvocation.version), ("--version", .version), ("-h", .help), ("--help", .help)])
    func information(argument: String, expected: AgentInvocation) throws {
        #expect(try AgentInvocation(arguments: [argument]) == expected)
    }

    @Test("the status may be asked for, and waited for")
    func status() throws {
        #expect(try AgentInvocation(arguments: ["--status"]) == .status(wait: 0))
        #expect(try AgentInvocation(arguments: ["--status", "--wait", "120"]) == .status(wait: 120))
        #expect(try AgentInvocation(arguments: ["-w", "5", "-s"]) == .status(wait: 5))
    }

    @Test(
        "junk is refused with its name",
        arguments: [["--cofnig"], ["console", "console"], ["--config"], ["extra"], ["--status", "--wait"], ["-s", "console", "-w"]])
    func junk(arguments: [String]) {
        #expect { try AgentInvocation(arguments: arguments) } throws: { error in "\(error)".contains(arguments[arguments.count - 1]) }
    }

    @Test(
        "a wait without its question, of no length, or with something else is refused",
        arguments: [
            ["--wait", "5"], ["-s", "-w", "-1"], ["-s", "-w", "soon"], ["-s", "console"], ["-s", "--config", "/x"],
        ])
    func waits(arguments: [String]) { #expect(throws: AgentInvocation.UsageError.self) { try AgentInvocation(arguments: arguments) } }
}
