import ArgumentParser
import CommandSupport
import Files
import Landscape
import Networks
import Plasticity
import Training

/// Which networks are probed, and on which inputs.
struct PlasticitySubjectOptions: ParsableArguments {
    /// As many as an agent's checkpoint carries by default.
    static let mostExamples = 2048

    @OptionGroup var model: CheckpointOptions

    @Option(
        help: ArgumentHelp(
            "The checkpoint θ₀ that plasticity loss is counted from. (default: the first of a series; for a single "
                + "checkpoint none)", valueName: "file"),
        completion: .file(extensions: ["safetensors"]))
    var reference: String?

    @Option(
        help: ArgumentHelp(
            "The inputs: a safetensors data file, a folder of MNIST or CIFAR-10 files, or digits or objects. Default: "
                + "an agent's own replayed transitions, else what the checkpoint was trained on.",
            valueName: "file or name"),
        completion: .file())
    var data: String?

    @Option(
        help: """
            Whose inputs all checkpoints of a series are given, where --data does not say: first, as 'agents train \
            --probe-period' does, or last.
            """)
    var examplesFrom = Choice(PlasticityExamples.first)

    @Option(
        help: ArgumentHelp(
            "How many inputs, drawn without replacement. Default: all, up to \(mostExamples).", valueName: "n"))
    var examples: Int?

    @OptionGroup var seed: SeedOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if let examples, examples < 1 { throw ValidationError("--examples must be at least 1, not \(examples).") }
    }
}

/// Which checkpoint's inputs all checkpoints of a series are given.
enum PlasticityExamples: String, CaseIterable, Sendable {
    case first, last
}

/// What the new tasks are.
struct PlasticityProbeOptions: ParsableArguments {
    private static let standard = ProbeConfiguration()

    @Option(help: ArgumentHelp("Regression tasks, each with targets of its own.", valueName: "n"))
    var tasks = standard.tasks

    @Option(help: ArgumentHelp("Optimiser steps on each.", valueName: "n"))
    var steps = standard.steps

    @Option(
        help: ArgumentHelp(
            "Examples of a step. Default: as in training, or \(standard.batchSize) where nobody says.", valueName: "n"))
    var batch: Int?

    @Option(help: "What a of the targets is: each network's own mean prediction, that of the first for all, or 0.")
    var offset = Choice(standard.offset)

    @Option(
        help: """
            How outputs are fitted: as trained (categorical ones by two-hot regression on their support), centred (on a \
            support laid around the targets), or outputs (every number by squared error).
            """)
    var head = Choice(standard.head)

    @Option(help: "The optimiser's state at the start of a task; carried needs the run's saved state of that step.")
    var optimiserState = Choice(ProbeState.fresh)

    @Option(help: ArgumentHelp("The factor in the sine.", valueName: "c"))
    var frequency = standard.frequency

    func validate() throws {
        do {
            try configuration(batch: standardBatch, seed: 0).validate()
        } catch {
            throw ValidationError("--\(error.place.replacing("batch_size", with: "batch")) \(error.what).")
        }
    }

    private var standardBatch: Int { batch ?? Self.standard.batchSize }

    func configuration(batch trained: Int?, seed: UInt64) -> ProbeConfiguration {
        var configuration = ProbeConfiguration()
        configuration.tasks = tasks
        configuration.steps = steps
        configuration.batchSize = batch ?? trained ?? configuration.batchSize
        configuration.seed = seed
        configuration.offset = offset.value
        configuration.head = head.value
        configuration.frequency = frequency
        return configuration
    }
}

/// Constants of the optimiser; those that are not given stay as they were in training.
struct PlasticityOptimiserOptions: ParsableArguments {
    @Option(
        name: [.customLong("optimiser"), .customLong("optimizer")],
        help: ArgumentHelp("Another rule than that of training, with its default constants.", valueName: "rule"))
    var kind: Choice<OptimiserConfiguration.Kind>?

    @Option(help: "α.") var learningRate: Double?
    @Option(help: "β₁ of Adam, μ of momentum.") var beta1: Double?
    @Option(help: "β₂ of Adam, ρ of RMSProp.") var beta2: Double?
    @Option(help: "ε, added to the root.") var epsilon: Double?
    @Option(help: "ε̄, added inside the root.") var epsilonInRoot: Double?
    @Option(help: "λ of the term λθ in the gradient.") var weightDecay: Double?

    /// - Throws: `Fault` of kind `usage` where neither the user nor the checkpoint says which optimiser, or a constant
    ///   is out of range.
    func configuration(trained: OptimiserConfiguration?, by checkpoint: String) throws(Fault) -> OptimiserConfiguration
    {
        guard var chosen = kind.map({ OptimiserConfiguration.standard($0.value) }) ?? trained else {
            throw Fault(
                .usage, "does not say which optimiser it was trained with", at: checkpoint,
                remedy: "Name one with --optimiser, such as --optimiser adam --learning-rate 1e-3")
        }
        try refuse("--beta1", beta1, of: chosen, unless: chosen.readsDecay1)
        try refuse("--beta2", beta2, of: chosen, unless: chosen.readsDecay2)
        try refuse("--epsilon", epsilon, of: chosen, unless: chosen.readsEpsilons)
        try refuse("--epsilon-in-root", epsilonInRoot, of: chosen, unless: chosen.readsEpsilons)
        chosen.learningRate = learningRate ?? chosen.learningRate
        chosen.decay1 = beta1 ?? chosen.decay1
        chosen.decay2 = beta2 ?? chosen.decay2
        chosen.epsilon = epsilon ?? chosen.epsilon
        chosen.epsilonInRoot = epsilonInRoot ?? chosen.epsilonInRoot
        chosen.weightDecay = weightDecay ?? chosen.weightDecay
        try chosen.validate()
        return chosen
    }

    private func refuse(
        _ option: String, _ value: Double?, of chosen: OptimiserConfiguration, unless isRead: Bool
    ) throws(Fault) {
        guard value != nil, !isRead else { return }
        throw Fault(
            .usage, "\(chosen.kind.rawValue) has no such constant", at: option,
            remedy: "Leave it out, or choose another rule with --optimiser")
    }
}
