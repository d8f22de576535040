import AgentCore
import SystemPackage
import Testing

@Suite("The command line")
struct AgentInvocationTests {
    @Test("nothing at all runs with the defaults")
    func nothing() throws {
        #expect(try AgentInvocation(arguments: []) == .run(.init()))
        #expect(try AgentInvocation(arguments: ["console"]) == .run(.init()))
    }

    @Test("options take paths, in any order")
    func options() throws {
        let expected = AgentInvocation.Options(configuration: "/c.json", bpfObject: "/o.o")
        #expect(try AgentInvocation(arguments: ["--bpf-object", "/o.o", "console", "--config", "/c.json"]) == .run(expected))
    }

    @Test("version and help in both spellings", arguments: [("-v", AgentInvocation.version), ("--version", .version), ("-h", .help), ("--help", .help)])
    func information(argument: String, expected: AgentInvocation) throws {
        #expect(try AgentInvocation(arguments: [argument]) == expected)
    }

    @Test("junk is refused with its name", arguments: [["--cofnig"], ["console", "console"], ["--config"], ["extra"]])
    func junk(arguments: [String]) {
        #expect { try AgentInvocation(arguments: arguments) } throws: { error in "\(error)".contains(arguments[arguments.count - 1]) }
    }
}
