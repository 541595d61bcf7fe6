import Checkpoints
import CommandSupport
import Files
import Landscape
import LinearAlgebra
import Networks
import Plasticity
import Training

/// What is done with every checkpoint of a series: the same tasks, the same optimiser.
struct PlasticityPlan<Element: Scalar> {
    let series: PlasticitySeries
    let probe: PlasticityProbe<Element>
    let state: ProbeState
    /// Where the inputs come from.
    let data: String
    let warnings: [String]

    /// - Throws: `Fault`: see `ExampleInputs` and `ProbeTasks`; of kind `usage` where nobody says which optimiser.
    init(
        _ series: PlasticitySeries, _ subject: PlasticitySubjectOptions, _ options: PlasticityProbeOptions,
        _ optimiserOptions: PlasticityOptimiserOptions
    ) throws(Fault) {
        let last = series.members.count - 1
        let trained = series.members[last].training
        let optimiser = try optimiserOptions.configuration(
            trained: trained.optimiser, by: series.members[last].path)
        var warnings = series.warnings
        if options.batch == nil, trained.batchSize == nil {
            warnings.append(
                "nobody says the batch of training: \(ProbeConfiguration().batchSize) is taken; choose with --batch")
        }
        let source = try series.checkpoint(subject.examplesFrom.value == .first ? 0 : last)
        let inputs = try ExampleInputs<Element>(
            for: source, data: subject.data, examples: subject.examples,
            atMost: PlasticitySubjectOptions.mostExamples, seed: subject.seed.seed)
        let network: Network<Element>
        do throws(Fault) {
            network = try Network(series.architecture)
        } catch {
            throw error.within(subject.model.architecture ?? series.members[0].path)
        }
        var support = trained.support
        if let ends = subject.model.support {
            support = Support(low: ends.low, high: ends.high, atoms: subject.model.atoms ?? Support.defaultAtoms)
        } else if let old = support, let atoms = subject.model.atoms {
            support = Support(low: old.low, high: old.high, atoms: atoms)
        }
        let workers = subject.threads.workers
        let tasks = try ProbeTasks(
            network, inputs: inputs.matrix, support: support,
            options.configuration(batch: trained.batchSize, seed: subject.seed.seed), workers: workers)
        self.series = series
        probe = PlasticityProbe(tasks, optimiser: optimiser, workers: workers)
        state = options.optimiserState.value
        data = inputs.data
        self.warnings = warnings + inputs.warnings
    }

    var configuration: ProbeConfiguration { probe.tasks.configuration }

    func start(_ index: Int) throws(Fault) -> ProbeStart<Element> {
        let checkpoint = try series.checkpoint(index)
        var start = ProbeStart(try checkpoint.parameters(of: probe.tasks.network))
        if state == .carried { start.state = try OptimiserState<Element>.reading(besides: checkpoint) }
        return start
    }

    /// All that decides what a network makes of a task. How many tasks there are does not.
    func identity(of start: ProbeStart<Element>, offset: Double) -> RunIdentity {
        var identity = RunIdentity(command: "plasticity", version: Version.current)
        var point = ContentHash()
        point.add(probe.tasks.network.architecture.json)
        point.add(start.parameters.vector)
        point.add(start.parameters.buffers)
        for (_, values) in (start.state?.moments ?? [:]).sorted(by: { $0.key < $1.key }) { point.add(Vector(values)) }
        var inputs = ContentHash()
        inputs.add(probe.tasks.inputs.elements)
        identity.add([
            "precision": Element.precisionName, "checkpoint content": point.text, "inputs content": inputs.text,
            "optimiser": probe.optimiser.description, "optimiser step": start.state?.step ?? 0,
            "steps": configuration.steps, "batch": configuration.batchSize, "seed": configuration.seed,
            "frequency": configuration.frequency, "head": configuration.head.rawValue, "offset": offset,
            "support": probe.tasks.support.map { "\($0.low) to \($0.high), \($0.atoms) atoms" } ?? "none",
        ])
        return identity
    }
}
