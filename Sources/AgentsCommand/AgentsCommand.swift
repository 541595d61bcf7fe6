import ArgumentParser
import CommandSupport

/// The command `agents`.
struct AgentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "Train reinforcement-learning agents whose loss landscapes can be looked at.",
        discussion: """
            A run lives in one folder: its configuration, its metrics, its checkpoints and all that resuming needs. \
            A run that was stopped, or killed, goes on with `agents resume` and ends in the same bytes as one that was \
            not. What `landscape` analyses are the files in its folder `checkpoints`.
            """,
        version: Version.current,
        subcommands: [
            TrainCommand.self,
            ResumeCommand.self,
            ShowCommand.self,
            InterventionsCommand.self,
            SweepCommand.self,
            StatusCommand.self,
            ExportCommand.self,
            StudyCommand.self,
        ])
}
