import CommandSupport

CommandProcess.run(AgentsCommand.self)
