import Checkpoints
import Datasets
import Files
import LinearAlgebra
import Networks

/// Makes the loss of a problem: which kind, and against which targets.
struct LossBinder<Element: Scalar> {
    let checkpoint: Checkpoint
    let network: Network<Element>
    let parameters: Parameters<Element>
    let source: ExampleSource
    /// Rows of the source.
    let chosen: [Int]
    let configuration: ProblemConfiguration

    /// - Parameter inputs: those of the chosen examples, `[N, inputs]`.
    func loss(inputs: Matrix<Element>) throws(Fault) -> any Loss<Element> {
        let kind = try kind()
        let support = kind == .twoHot ? try support() : nil
        if configuration.target == .own {
            guard kind != .probe, case .transitions = source.annotation else {
                throw Fault(
                    .usage, "only a loss of temporal differences has a target network", at: "--target own",
                    remedy: "Leave it out, or give transitions with --data")
            }
        }
        let targets: Targets<Element>
        switch (kind, source.annotation) {
        case (.probe, _): targets = .values(probeTargets(inputs))
        case (_, .labels(let labels)): targets = .labels(chosen.map { labels[$0] })
        case (_, .values(let values, let outputs)):
            let rows = chosen.flatMap { values[$0 * outputs..<($0 + 1) * outputs] }
            targets = .values(Vector(rounding: rows).matrix(rows: chosen.count, columns: outputs))
        case (_, .transitions(let sample)): targets = try temporalDifferenceTargets(sample, support)
        }
        do throws(Fault) {
            return try kind.bound(
                to: targets, outputs: network.outputCount, huberThreshold: try huberThreshold(), support: support)
        } catch {
            throw error.within(source.name)
        }
    }

    private func huberThreshold() throws(Fault) -> Double {
        let threshold = configuration.huberThreshold ?? checkpoint.run.huberThreshold ?? 1
        guard threshold > 0, threshold.isFinite else {
            throw Fault(
                .data, "has a Huber threshold of \(threshold)", at: checkpoint.path,
                remedy: "Give a positive one with --huber-threshold, or correct landscape.run")
        }
        return threshold
    }

    private func kind() throws(Fault) -> LossKind {
        if let kind = configuration.loss { return kind }
        if let name = checkpoint.run.loss {
            guard let kind = LossKind(named: name) else {
                throw Fault(
                    .data, "was trained with the loss '\(name)', which this version does not know", at: checkpoint.path,
                    remedy: "Choose one with --loss")
            }
            // Data other than the run's own, of a kind that the run's loss cannot use, fall back to their own.
            if configuration.data == nil || kind != .temporalDifference { return kind }
        }
        return switch source.annotation {
        case .labels: .crossEntropy
        case .values: .meanSquaredError
        case .transitions: .temporalDifference
        }
    }

    /// f(θ, X) + ε with ε standard normal: held fixed, as the targets of a new task (`paper`, section 3).
    private func probeTargets(_ inputs: Matrix<Element>) -> Matrix<Element> {
        let targets = outputs(of: network, at: parameters, inputs, mode: configuration.mode)
        let noise = Vector<Element>(count: targets.rows * targets.columns)
        var random = RandomSource(seed: configuration.seed, stream: "probe noise")
        noise.fillNormal(using: &random)
        targets.elements.add(1, noise)
        return targets
    }

    /// y = r + γ (1 − terminal) f(s′, a′; θ′), with a′ the best action of the target network, or (double) of the online;
    /// f is an output's value, for categorical outputs their mean.
    private func temporalDifferenceTargets(
        _ sample: TransitionSample, _ support: Support?
    ) throws(Fault) -> Targets<Element> {
        let nextInputs: Matrix<Element> = try ExampleSource.rows(
            chosen, of: .singles(sample.nextInputs), width: network.inputCount)
        let target = values(support, at: try targetParameters(), nextInputs)
        let isDouble = try choosesOnline()
        let chooser = isDouble ? values(support, at: parameters, nextInputs) : target
        guard let discount = checkpoint.run.discount else {
            throw Fault(
                .data, "does not say the discount of its temporal-difference loss", at: checkpoint.path,
                remedy: "Write it under landscape.run as {\"discount\": 0.99}")
        }
        let values = chosen.enumerated().map { row, example in
            let scores = chooser.row(row).doubles
            let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
            return sample.rewards[example]
                + (sample.terminals[example] ? 0 : discount * Double(target[row, best]))
        }
        return .selected(outputs: chosen.map { sample.actions[$0] }, values: values)
    }

    /// Whether the online network chooses the next action, as in double DQN; a rule of another name is no guess of ours.
    private func choosesOnline() throws(Fault) -> Bool {
        switch checkpoint.run.nextAction {
        case nil, "max"?: return false
        case "double"?: return true
        case let other?:
            throw Fault(
                .data, "chooses the next action by '\(other)', which this version does not know", at: checkpoint.path,
                remedy: "Write max or double under landscape.run as next_action")
        }
    }

    private func targetParameters() throws(Fault) -> Parameters<Element> {
        guard configuration.target == .recorded else { return parameters }
        guard let name = checkpoint.run.targetNetwork else {
            throw Fault(
                .data, "names no target network, so its temporal-difference loss is not known", at: checkpoint.path,
                remedy: "Save the target network beside it and name it under landscape.run as {\"target_network\": …}")
        }
        return try Checkpoint(reading: checkpoint.sibling(name), architecture: configuration.architecture).parameters(
            of: network)
    }

    /// What the outputs stand for: themselves, or the means of categorical outputs.
    private func values(
        _ support: Support?, at parameters: Parameters<Element>, _ inputs: Matrix<Element>
    ) -> Matrix<Element> {
        let outputs = outputs(of: network, at: parameters, inputs)
        return support?.values(of: outputs, workers: configuration.workers) ?? outputs
    }

    private func outputs(
        of network: Network<Element>, at parameters: Parameters<Element>, _ inputs: Matrix<Element>,
        mode: PassMode = .analysis
    ) -> Matrix<Element> {
        let passes = Backpropagation(
            network, examples: inputs.rows, mode: mode, workers: configuration.workers)
        passes.load(inputs)
        passes.forward(at: parameters)
        return passes.outputs
    }
}
