import CommandSupport

CommandProcess.run(LandscapeCommand.self)
