public import Files
public import Krylov
public import LinearAlgebra
public import Networks
public import Training

/// Measures plasticity: how well a network can still learn, by giving it new tasks.
///
/// ```swift
/// let tasks = try ProbeTasks(network, inputs: inputs, configuration, workers: workers)
/// let probe = PlasticityProbe(tasks, optimiser: .adam(), workers: workers)
/// let fresh = try probe.measure(ProbeStart(theta0))
/// let later = try probe.measure(ProbeStart(theta))
/// later.plasticity                 // P(θ) = b − E[ℓ(θ*)]
/// later.loss(since: fresh)         // P(θ₀) − P(θ), task by task: positive where plasticity was lost
/// ```
///
/// From θ an optimiser spends a fixed budget on each task, on a copy; ℓ(θ*) is the loss it ends with over all inputs.
/// The same tasks, batches and budget are given to every network. The tasks of a network run side by side, each on one
/// worker where there are as many tasks as workers, and come out the same for any number.
///
/// Cost: tasks · steps gradients of one batch, and some twenty-five forward passes over X a task. Memory: what training
/// on a batch takes, for as many tasks as run at a time.
///
/// Source: Lyle et al. 2023, section 3.1; the sign of the loss is ours (the paper writes P(θₜ) − P(θ₀)).
public struct PlasticityProbe<Element: Scalar>: Sendable {
    public let tasks: ProbeTasks<Element>
    /// That of training.
    public let optimiser: OptimiserConfiguration
    public let workers: Workers

    public init(_ tasks: ProbeTasks<Element>, optimiser: OptimiserConfiguration, workers: Workers) {
        self.tasks = tasks
        self.optimiser = optimiser
        self.workers = workers
    }

    /// a for a network, under `configuration.offset`.
    ///
    /// - Parameter first: the network whose mean prediction is common to all.
    public func offset(of parameters: Parameters<Element>, first: Parameters<Element>) -> Double {
        switch tasks.configuration.offset {
        case .own: tasks.meanPrediction(of: parameters, workers: workers)
        case .common: tasks.meanPrediction(of: first, workers: workers)
        case .zero: 0
        }
    }

    /// What a network makes of all tasks.
    ///
    /// - Parameters:
    ///   - offset: a; nil for what the configuration says, the network itself being the first.
    ///   - steering: how the tasks are steered, and what is known of them already.
    /// - Throws: `Fault` of kind `usage` or `data` where the optimiser does not fit, and what `steering` throws. A task
    ///   that diverges is no error of the whole: its outcome says so. One that is told that its time is over has no
    ///   outcome.
    public func measure(
        _ start: ProbeStart<Element>, offset: Double? = nil, steering: ProbeSteering<Element> = ProbeSteering()
    ) throws(Fault) -> PlasticityMeasurement {
        let offset = offset ?? self.offset(of: start.parameters, first: start.parameters)
        let count = tasks.configuration.tasks
        let inner = Workers(max(1, workers.count / count))
        let results = workers.map(count) { task in
            Result { () throws -> ProbeOutcome? in
                if let known = try steering.known(task) { return known }
                let learner = try ProbeLearner(
                    tasks, task: task, from: start, offset: offset, optimiser: optimiser, workers: inner)
                guard let outcome = try learner.run(steering.control(task), progress: { steering.progress(task, $0) })
                else { return nil }
                try steering.finished(outcome)
                return outcome
            }
        }
        do {
            // The first error in the order of the tasks.
            return PlasticityMeasurement(
                offset: offset, outcomes: try results.compactMap { try $0.get() }, variances: tasks.variances,
                curveSteps: tasks.configuration.curveSteps)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.software, "\(error)", at: "probe")
        }
    }

    /// The seconds of one optimiser step of one task on one worker, by trying.
    public func secondsPerStep(from start: ProbeStart<Element>) throws(Fault) -> Double {
        let learner = try ProbeLearner(
            tasks, task: 0, from: start, offset: 0, optimiser: optimiser, workers: .one)
        return learner.secondsPerStep()
    }
}

/// How the tasks of a probe are steered from outside; each closure is called from the task's own thread.
public struct ProbeSteering<Element: Scalar>: Sendable {
    /// The outcome of a task that was run before; nil for one that is to be run.
    public var known: @Sendable (_ task: Int) throws -> ProbeOutcome?
    /// Where the run of a task begins and ends, and what it leaves behind.
    public var control: @Sendable (_ task: Int) throws -> RunControl<Element>
    /// Told of every task that is done, once.
    public var finished: @Sendable (ProbeOutcome) throws -> Void
    /// Told that so many steps of a task are done.
    public var progress: @Sendable (_ task: Int, _ step: Int) -> Void

    public init(
        known: @escaping @Sendable (Int) throws -> ProbeOutcome? = { _ in nil },
        control: @escaping @Sendable (Int) throws -> RunControl<Element> = { _ in RunControl() },
        finished: @escaping @Sendable (ProbeOutcome) throws -> Void = { _ in },
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
    ) {
        self.known = known
        self.control = control
        self.finished = finished
        self.progress = progress
    }

    /// Tasks that go from their beginning to their end, unless the user asks to stop.
    public init(shouldStop: @escaping @Sendable () -> Bool) {
        self.init(control: { _ in
            RunControl(offer: { _ in if shouldStop() { throw Fault(.interrupted, "interrupted") } })
        })
    }
}
