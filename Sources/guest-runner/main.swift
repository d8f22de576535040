import GuestRunner

GuestRunnerCommand.run(arguments: Array(CommandLine.arguments.dropFirst()))
