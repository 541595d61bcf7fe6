import Files
import Krylov
import LinearAlgebra
import Networks
import Training

/// One network learning one task: a copy of its parameters, an optimiser, and the loss along the way.
///
/// Training is in training mode, as the agent's is (batch statistics, dropout); losses over X are of the function that
/// the parameters stand for, in analysis mode.
final class ProbeLearner<Element: Scalar> {
    private let tasks: ProbeTasks<Element>
    private let task: Int
    private let offset: Double
    private let readout: ProbeReadout
    private let training: TrainingStep<Element>
    private let passes: OutputPasses<Element>
    private let workers: Workers
    private let curveSteps: [Int]
    /// a + the sine, in the network's precision, `[N, values]`.
    private let targets: Matrix<Element>
    /// Those of a batch.
    private let batchTargets: Matrix<Element>
    private let loss: any Loss<Element>
    private var outcome: ProbeOutcome
    private var step = 0

    /// - Parameter offset: a.
    /// - Throws: `Fault` for an optimiser out of range or a state that is another network's.
    init(
        _ tasks: ProbeTasks<Element>, task: Int, from start: ProbeStart<Element>, offset: Double,
        optimiser configuration: OptimiserConfiguration, workers: Workers
    ) throws(Fault) {
        self.tasks = tasks
        self.task = task
        self.offset = offset
        self.workers = workers
        readout = ProbeReadout(tasks.configuration.head, support: tasks.support, offset: offset)
        let optimiser = try Optimiser<Element>(configuration, parameterCount: start.parameters.vector.count)
        if let state = start.state {
            try optimiser.restore(step: state.step, restartStep: state.restartStep, moments: state.moments)
        }
        let size = tasks.configuration.batchSize
        training = TrainingStep(
            tasks.network, parameters: start.parameters.copy(), optimiser: optimiser, examples: size,
            seed: tasks.configuration.seed &+ UInt64(task), workers: workers)
        passes = OutputPasses(tasks.network, examples: tasks.inputs.rows, workers: workers)
        curveSteps = tasks.configuration.curveSteps
        let sines = tasks.sines[task]
        targets = Vector(rounding: sines.elements.array.map { offset + $0 })
            .matrix(rows: sines.rows, columns: sines.columns)
        batchTargets = Matrix(rows: size, columns: sines.columns)
        loss = readout.loss(batchTargets)
        outcome = ProbeOutcome(task: task, curve: [], batchLosses: [])
    }

    /// Learns until the budget is spent, or the task has failed.
    ///
    /// - Returns: nil where the run was told that its time is over.
    /// - Throws: what `control.offer` throws.
    func run(_ control: RunControl<Element>, progress: (Int) -> Void) throws -> ProbeOutcome? {
        if let resumed = control.resumed { try restore(resumed) }
        while outcome.failure == nil {
            measureIfDue()
            guard outcome.failure == nil, step < tasks.configuration.steps else { break }
            if step > 0 {
                try control.offer { snapshot }
                if control.isOver() { return nil }
            }
            learn()
            progress(step)
        }
        return outcome
    }

    /// The time of one step, the mean of three after a first.
    func secondsPerStep() -> Double {
        learn()
        let clock = ContinuousClock()
        return clock.measure { for _ in 0..<3 { learn() } } / .seconds(3)
    }

    private func learn() {
        let rows = tasks.batch(task: task, step: step)
        for (row, example) in rows.enumerated() { batchTargets.row(row).assign(targets.row(example)) }
        do throws(Fault) {
            let value = try training.run(readout.copiesTargets ? readout.loss(batchTargets) : loss) {
                [inputs = tasks.inputs] examples, tile in
                for (row, example) in examples.enumerated() { tile.row(row).assign(inputs.row(rows[example])) }
            }
            outcome.batchLosses.append(value)
            step += 1
        } catch {
            outcome.failure = .init(step: step + 1, message: error.what)
        }
    }

    private func measureIfDue() {
        guard outcome.curve.count < curveSteps.count, curveSteps[outcome.curve.count] == step else { return }
        let value = lossOverAll()
        if value.isFinite {
            outcome.curve.append(value)
        } else {
            outcome.failure = .init(step: step, message: "the loss over all inputs is \(value)")
        }
    }

    /// ℓ(θ): the mean squared error over X and values, with the targets in double precision.
    private func lossOverAll() -> Double {
        let sines = tasks.sines[task]
        var sum = 0.0
        passes.run(
            at: training.parameters,
            writing: { [inputs = tasks.inputs] row, example in row.elements.assign(inputs.row(example)) },
            using: { rows, outputs in
                let values = readout.values(outputs, workers: workers).elements.doubles
                let wanted = sines.rows(rows).elements.array
                for index in values.indices {
                    let difference = values[index] - (offset + wanted[index])
                    sum += difference * difference
                }
            })
        return sum / Double(sines.rows * sines.columns)
    }

    /// Views of what the next step will change: to be written before it.
    private var snapshot: Snapshot<Element> {
        func row(_ vector: Vector<Element>) -> Matrix<Element> { vector.matrix(rows: 1, columns: vector.count) }
        var snapshot = Snapshot<Element>(
            matrices: ["parameters": row(training.parameters.vector)],
            numbers: [
                "step": [Double(step)],
                "optimiser step": [Double(training.optimiser.step), Double(training.optimiser.restartStep)],
                "curve": outcome.curve, "batch losses": outcome.batchLosses,
            ])
        if training.parameters.buffers.count > 0 { snapshot.matrices["buffers"] = row(training.parameters.buffers) }
        for (name, values) in training.optimiser.moments { snapshot.matrices["optimiser \(name)"] = row(values) }
        return snapshot
    }

    private func restore(_ saved: Snapshot<Element>) throws(Fault) {
        func number(_ name: String) -> Int { saved.numbers[name]?.first.flatMap { Int(exactly: $0) } ?? -1 }
        let curve = saved.numbers["curve"] ?? []
        let batchLosses = saved.numbers["batch losses"] ?? []
        let isWhole =
            (1..<tasks.configuration.steps).contains(number("step")) && batchLosses.count == number("step")
            && curve.count == curveSteps.count { $0 <= number("step") }
        guard isWhole else {
            throw Fault(.data, "is no state of such a task", at: "task \(task)", remedy: "Begin anew")
        }
        try assign(saved.matrices["parameters"], to: training.parameters.vector)
        if training.parameters.buffers.count > 0 {
            try assign(saved.matrices["buffers"], to: training.parameters.buffers)
        }
        var moments: [String: [Element]] = [:]
        for (name, _) in training.optimiser.moments {
            moments[name] = saved.matrices["optimiser \(name)"]?.elements.array ?? []
        }
        let restartStep = saved.numbers["optimiser step"]?.last.flatMap { Int(exactly: $0) } ?? -1
        try training.optimiser.restore(step: number("optimiser step"), restartStep: restartStep, moments: moments)
        step = number("step")
        outcome = ProbeOutcome(task: task, curve: curve, batchLosses: batchLosses)
    }

    private func assign(_ saved: Matrix<Element>?, to vector: Vector<Element>) throws(Fault) {
        guard let saved, saved.rows * saved.columns == vector.count else {
            throw Fault(.data, "is the state of another network", at: "task \(task)", remedy: "Begin anew")
        }
        vector.assign(saved.elements)
    }
}
