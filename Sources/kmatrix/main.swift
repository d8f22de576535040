import KmatrixCommands

await RootCommand.main()
