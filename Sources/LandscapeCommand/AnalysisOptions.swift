public import ArgumentParser
import CommandSupport
import Files
import Foundation
import Landscape
public import Networks

/// What every analysing command takes: which checkpoints, on which examples, under which loss.
struct AnalysisOptions: ParsableArguments {
    @OptionGroup var model: CheckpointOptions

    @Option(
        help: ArgumentHelp(
            "A safetensors data file, a folder of MNIST or CIFAR-10 files, or digits or objects. Default: what the "
                + "checkpoint was trained on; for an agent its own replayed transitions.", valueName: "file or name"),
        completion: .file())
    var data: String?

    @Option(
        help: ArgumentHelp(
            "mse, cross-entropy, huber, probe, td or two-hot. Default: what the checkpoint was trained with.",
            valueName: "kind")
    )
    var loss: LossKind?

    @Option(
        help: ArgumentHelp(
            "How many examples, drawn without replacement. Default: all, up to \(ProblemConfiguration.defaultExamples).",
            valueName: "n"))
    var examples: Int?

    @Option(
        help: ArgumentHelp(
            "The threshold of the Huber loss. Default: what the checkpoint says, or 1.", valueName: "delta"))
    var huberThreshold: Double?

    @Option(
        help: """
            Whose values the td loss learns from: recorded, the target network that the checkpoint names, or own, the \
            checkpoint itself, as just after a target update.
            """)
    var target = Choice(TargetNetwork.recorded)

    @OptionGroup var seed: SeedOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var memory: MemoryOptions

    @Flag(
        help:
            "Let batch normalisation take the statistics of the examples at hand, as in training, not the running ones."
    )
    var batchStatistics = false

    func validate() throws {
        if let examples, examples < 1 { throw ValidationError("--examples must be at least 1, not \(examples).") }
        if let huberThreshold, !(huberThreshold > 0) {
            throw ValidationError("--huber-threshold must be positive, not \(huberThreshold).")
        }
    }

    func problem(_ checkpoint: String) -> ProblemConfiguration {
        var configuration = ProblemConfiguration(
            checkpoint: checkpoint, data: data, loss: loss, examples: examples, seed: seed.seed,
            workers: threads.workers)
        configuration.architecture = model.architecture
        configuration.huberThreshold = huberThreshold
        configuration.target = target.value
        configuration.mode = batchStatistics ? .batchStatistics : .analysis
        configuration.memoryLimit = memory.limit
        configuration.supportEnds = model.support.map { ($0.low, $0.high) }
        configuration.atoms = model.atoms
        return configuration
    }
}

extension LossKind: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }
}
