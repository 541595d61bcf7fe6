public import Datasets
public import Files
public import LinearAlgebra
public import Networks
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A network that memorises random labels of the same images, task after task: the labels are drawn again after a fixed
/// number of updates, the inputs stay. In a folder from which it can be resumed after any interruption.
///
/// Task k has the labels of the stream `labels k` of the seed, update t the images of the stream `batch t`: so the step
/// alone says what comes next, and a run that was killed and resumed ends in the same bytes as one that was not.
///
/// | file | what |
/// | --- | --- |
/// | `memorisation.json` | the configuration |
/// | `metrics.csv` | one line every `log_period_steps` and at every task's end |
/// | `checkpoints/step_00003000.safetensors` | θ at a task's end |
/// | `tasks/task_00000.safetensors` | the first 1024 images with the task's labels: `--data` of `landscape` |
/// | `state.safetensors` | all that resuming needs |
/// | `diverged.json` | where training stopped being finite, if it did; the run ends there |
///
/// Source: Lyle et al. 2023, section 3 and figure 1.
public final class MemorisationRun {
    public let configuration: MemorisationConfiguration
    public let parameters: Parameters<Float>
    /// Updates done.
    public var step: Int { optimiser.step }
    /// Where training stopped being finite; nil where it did not.
    public private(set) var divergence: Divergence?
    let optimiser: Optimiser<Float>
    let images: ImageSet
    let path: String
    let metrics: MetricsFile
    var sums = MetricsSums()
    private let training: TrainingStep<Float>
    private let network: Network<Float>
    private let workers: Workers
    private let lock: RunLock
    /// All images, `[images, inputs]`, as numbers: a batch is copied from here.
    private let inputs: Matrix<Float>
    private var evaluator: (task: Int, value: Evaluator)?
    /// Called before each file is written; what it throws ends the run there, as a kill would. For tests.
    package var willWrite: (String) throws(Fault) -> Void = { _ throws(Fault) in }

    /// Begins a run in `directory`, or takes up the one that is there.
    ///
    /// - Parameters:
    ///   - images: at least `configuration.imageCount`, the same for a fresh and for a resumed run.
    /// - Throws: `Fault` of kind `usage` for a constant out of range, a directory in use, or one that holds another run;
    ///   of kind `data` for a network that does not fit the images or a damaged state; `inputOutput` where the system
    ///   refuses.
    public init(
        _ configuration: MemorisationConfiguration, images: ImageSet, directory path: String, workers: Workers
    ) throws(Fault) {
        try configuration.validate()
        let images = images.subset(first: configuration.imageCount)
        self.images = images
        var configuration = configuration
        configuration.imageChecksum = Self.checksum(of: images)
        self.configuration = configuration
        self.workers = workers
        self.path = path
        network = try Network<Float>(configuration.architecture)
        try Self.check(network, fits: images, configuration)
        inputs = Matrix(rows: images.count, columns: images.imageSize)
        inputs.elements.assign(images.floats())
        parameters = Parameters(initialising: network.layout, seed: configuration.seed)
        optimiser = try Optimiser(configuration.optimiser, parameterCount: network.layout.count)
        training = TrainingStep(
            network, parameters: parameters, optimiser: optimiser, examples: configuration.batchSize,
            seed: configuration.seed, workers: workers)
        try AtomicFile.makeFolder(path + "/checkpoints")
        try AtomicFile.makeFolder(path + "/tasks")
        lock = try RunLock(path)
        Self.removePartialFiles(in: path)
        try Self.claim(path, for: configuration)
        divergence = try Self.divergence(in: path)
        let saved = try SavedMemorisation(readingIn: path)
        // A run that has diverged is over, and its table whole.
        let table = path + "/metrics.csv"
        let kept = divergence == nil ? saved?.state.metricsBytes ?? 0 : try AtomicFile.read(table).count
        metrics = try MetricsFile(table, keeping: kept, header: MemorisationMetrics.header)
        if let saved { try restore(saved) }
    }

    /// Trains until all tasks are done, or training is no longer finite.
    ///
    /// - Parameters:
    ///   - shouldStop: asked before every step; true saves the state and ends the run with a fault.
    ///   - progress: told whenever a line of the table has been written.
    /// - Throws: `Fault` of kind `interrupted` after `shouldStop`; `inputOutput` where the system refuses to write. The
    ///   directory can be resumed after each.
    public func run(
        shouldStop: () -> Bool = { false }, progress: (MemorisationMetrics) -> Void = { _ in }
    ) throws(Fault) {
        guard divergence == nil else { return }
        if !FileManager.default.fileExists(atPath: statePath) {
            try writeCheckpoint()
            try saveState()
        }
        while step < configuration.steps {
            if shouldStop() {
                try saveState()
                throw Fault(.interrupted, "stopped after step \(step) of \(configuration.steps)", at: path)
            }
            let task = step / configuration.stepsPerTask
            do throws(Fault) {
                sums.loss += try update(task)
            } catch  where error.kind == .data {
                try end(with: Divergence(step: step, reason: error.what))
                return
            }
            sums.updates += 1
            let isTaskEnd = step % configuration.stepsPerTask == 0
            if isTaskEnd || step % configuration.logPeriodSteps == 0 { progress(try writeMetrics(task)) }
            let isEnd = step == configuration.steps
            if isEnd || isTaskEnd && (task + 1) % configuration.checkpointPeriodTasks == 0 { try writeCheckpoint() }
            if isEnd || step % configuration.statePeriodSteps == 0 { try saveState() }
        }
    }

    /// The labels of task number `task`: each uniform over the classes, whatever the image.
    public func labels(ofTask task: Int) -> [Int] {
        var source = RandomSource(seed: configuration.seed, stream: "labels \(task)")
        return (0..<images.count).map { _ in source.index(below: images.classCount) }
    }

    private var currentLabels: (task: Int, values: [Int]) = (-1, [])

    /// One update on the images of the stream `batch t`; the result is the loss before it.
    private func update(_ task: Int) throws(Fault) -> Double {
        if currentLabels.task != task { currentLabels = (task, labels(ofTask: task)) }
        var source = RandomSource(seed: configuration.seed, stream: "batch \(step)")
        let batch = (0..<configuration.batchSize).map { _ in source.index(below: images.count) }
        let loss = CrossEntropy<Float>(labels: batch.map { currentLabels.values[$0] })
        return try training.run(loss) { [inputs] examples, tile in
            for (row, example) in examples.enumerated() { tile.row(row).assign(inputs.row(batch[example])) }
        }
    }

    private func writeMetrics(_ task: Int) throws(Fault) -> MemorisationMetrics {
        if evaluator?.task != task {
            let measured = images.subset(first: configuration.evaluationCount)
            let set = EvaluationSet(images: measured, labels: Array(labels(ofTask: task).prefix(measured.count)))
            evaluator = (task, Evaluator(network, agent: DQNConfiguration(), set: set, workers: workers))
        }
        guard let evaluation = evaluator?.value.evaluate(at: parameters) else { preconditionFailure("just made") }
        let line = MemorisationMetrics(
            step: step, task: task, loss: sums.loss / Double(sums.updates), accuracy: evaluation.greedyAccuracy,
            deadFraction: evaluation.deadFraction, weightNorm: parameters.vector.norm)
        sums = MetricsSums()
        try willWrite(path + "/metrics.csv")
        try metrics.append(line.line)
        return line
    }

    /// The table is on the disk first: what says that the run is over must not be alone.
    private func end(with divergence: Divergence) throws(Fault) {
        try metrics.synchronise()
        try willWrite(path + "/diverged.json")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let data = try? encoder.encode(divergence) else { preconditionFailure("a step and words are JSON") }
        try AtomicFile.write(data, to: path + "/diverged.json")
        self.divergence = divergence
    }

    private static func check(
        _ network: Network<Float>, fits images: ImageSet, _ configuration: MemorisationConfiguration
    ) throws(Fault) {
        guard network.architecture.input == images.shape, network.outputCount == images.classCount else {
            throw Fault(
                .data,
                "takes examples of shape \(network.architecture.input) and gives \(network.outputCount) outputs, for "
                    + "\(images.classCount) classes of images of shape \(images.shape)", at: "architecture",
                remedy: "Change its 'input' or its last layer")
        }
        guard images.count == configuration.imageCount else {
            throw Fault(
                .usage, "\(configuration.imageCount) images are asked for, and there are \(images.count)",
                at: images.name)
        }
    }
}
