import ArgumentParser
import CommandSupport

/// The root of `landscape`: its subcommands in the order of the data.
struct LandscapeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "landscape",
        abstract: "The loss landscape at a checkpoint: curvature, spectra and the covariance of gradients.",
        discussion: """
            A checkpoint is a safetensors file: one that 'agents train' wrote, or the state dict of a PyTorch model with a \
            JSON file that describes its layers. Tables go to standard output (--json for one document), progress to \
            standard error; --output keeps results, arrays and pictures.
            """,
        version: Version.current,
        subcommands: [
            HessianCommand.self, ScalarsCommand.self, GradcovCommand.self, ProductCommand.self,
            SurfaceCommand.self, InterpolateCommand.self, TrajectoryCommand.self, EvolutionCommand.self,
            PlasticityCommand.self, StatisticsCommand.self,
            DoctorCommand.self, SelftestCommand.self,
        ])
}
