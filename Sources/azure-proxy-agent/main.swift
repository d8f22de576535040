import AgentCore
import Glibc

exit(AgentMain.run(arguments: Array(CommandLine.arguments.dropFirst())))
