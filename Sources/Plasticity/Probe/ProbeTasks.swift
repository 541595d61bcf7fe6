public import Files
public import LinearAlgebra
public import Networks

/// The regression tasks on which networks of one architecture are compared: what is the same for all of them, to the
/// bit.
///
/// Task k asks for g(x) = a + sin(c f(x; ωₖ)) in every value, with ωₖ a fresh initialisation of the same architecture.
/// The sine is evaluated in double precision, whatever the network's own, and stored: with c = 10⁵ the targets of a
/// single precision pass move by 10⁻² when only its batch size changes. f(x; ωₖ) is the function of x alone that a
/// checkpoint stands for: no dropout, running statistics.
///
/// Memory: tasks · N · values doubles.
///
/// Source: Lyle et al. 2023, section 3.1 and appendix A.
public struct ProbeTasks<Element: Scalar>: Sendable {
    public let configuration: ProbeConfiguration
    public let network: Network<Element>
    /// Of categorical outputs; nil where outputs are values.
    public let support: Support?
    /// X, `[N, inputs]`.
    public let inputs: Matrix<Element>
    /// sin(c f(X; ωₖ)), `[N, values]` for each task.
    public let sines: [Matrix<Double>]
    /// bₖ: the variance over X of the targets, the mean over values: what remains to a network that learns the best
    /// constants alone.
    public let variances: [Double]
    /// Values of one example.
    public let valueCount: Int

    /// - Parameters:
    ///   - inputs: X, `[N, inputs]`; kept as a view.
    ///   - support: of the network's categorical outputs; nil where outputs are values.
    /// - Throws: `Fault` for a configuration out of range, a head that the outputs cannot have, or targets that are not
    ///   finite (of kind `data`).
    public init(
        _ network: Network<Element>, inputs: Matrix<Element>, support: Support? = nil,
        _ configuration: ProbeConfiguration, workers: Workers
    ) throws(Fault) {
        try configuration.validate()
        precondition(inputs.rows > 0 && inputs.columns == network.inputCount, "\(inputs.columns) numbers an input")
        valueCount = try ProbeReadout.valueCount(
            configuration.head, outputs: network.outputCount, support: support)
        let wide = try Network<Double>(network.architecture)
        let readout = ProbeReadout(configuration.head, support: support, offset: 0)
        let passes = OutputPasses(wide, examples: inputs.rows, workers: workers)
        let values = Matrix<Double>(rows: inputs.rows, columns: valueCount)
        var sines: [Matrix<Double>] = []
        for task in 0..<configuration.tasks {
            var source = RandomSource(seed: configuration.seed, stream: "probe task \(task)")
            let omega = Parameters<Double>(initialising: wide.layout, seed: source.next())
            passes.run(
                at: omega, writing: { row, example in row.elements.assign(Vector(converting: inputs.row(example))) },
                using: { rows, outputs in values.rows(rows).assign(readout.values(outputs, workers: workers)) })
            guard values.elements.isFinite else {
                throw Fault(
                    .data, "a fresh initialisation of this network gives outputs that are not finite",
                    at: "task \(task)",
                    remedy: "Check the network's inputs, or choose another seed")
            }
            let numbers = values.elements.array.map { sine($0 * configuration.frequency) }
            sines.append(Vector(numbers).matrix(rows: inputs.rows, columns: valueCount))
        }
        self.configuration = configuration
        self.network = network
        self.support = support
        self.inputs = inputs
        self.sines = sines
        variances = sines.map(Self.variance)
    }

    /// The rows of X in the batch of step `step` (from 0) of task `task`, drawn with replacement from a stream of its
    /// own: the same whoever learns, and wherever a killed run goes on.
    public func batch(task: Int, step: Int) -> [Int] {
        var source = RandomSource(seed: configuration.seed, stream: "probe batch \(task) \(step)")
        return (0..<configuration.batchSize).map { _ in source.index(below: inputs.rows) }
    }

    /// The mean over X and values of what a network predicts, in analysis mode.
    public func meanPrediction(of parameters: Parameters<Element>, workers: Workers) -> Double {
        // The support that the network was trained on says what its values are.
        let readout = ProbeReadout(configuration.head == .outputs ? .outputs : .trained, support: support, offset: 0)
        var sum = 0.0
        OutputPasses(network, examples: inputs.rows, workers: workers).run(
            at: parameters, writing: { row, example in row.elements.assign(inputs.row(example)) },
            using: { _, outputs in sum += readout.values(outputs, workers: workers).elements.sum })
        return sum / Double(inputs.rows * valueCount)
    }

    /// The mean over the columns of their variances, with N in the divisor.
    private static func variance(_ targets: Matrix<Double>) -> Double {
        let sums = Vector<Double>(count: targets.columns)
        sums.assign(columnSums: targets)
        let means = sums.array.map { $0 / Double(targets.rows) }
        let squares = targets.array.enumerated().reduce(0.0) { sum, entry in
            let difference = entry.element - means[entry.offset % targets.columns]
            return sum + difference * difference
        }
        return squares / Double(targets.rows * targets.columns)
    }
}
