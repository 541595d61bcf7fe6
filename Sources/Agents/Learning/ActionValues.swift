public import LinearAlgebra
public import Networks

/// f(s; θ) of a fixed number of observations, in memory that is allocated once.
public final class ActionValues: Sendable {
    /// The last forward pass; what layers gave in it can be looked at.
    let passes: Backpropagation<Float>
    private let support: Support?
    private let outputs: Matrix<Float>
    private let means: Matrix<Float>
    private let scratch = Scratch<Double>()

    /// - Parameters:
    ///   - support: of categorical outputs; nil where outputs are values.
    ///   - count: N.
    public init(_ network: Network<Float>, support: Support?, count: Int, workers: Workers) {
        passes = Backpropagation(network, examples: count, workers: workers)
        self.support = support
        outputs = Matrix(rows: count, columns: network.outputCount)
        means = Matrix(rows: support == nil ? 0 : count, columns: network.outputCount / (support?.atoms ?? 1))
    }

    /// The values, `[N, actions]`, of what `fill` writes, some observations at a time and in parallel; memory of this
    /// object's, good until the next call.
    public func evaluate(
        at parameters: Parameters<Float>, loading fill: @Sendable (Range<Int>, Matrix<Float>) -> Void
    ) -> Matrix<Float> {
        passes.load(fill)
        passes.forward(at: parameters)
        passes.writeOutputs(into: outputs)
        guard let support else { return outputs }
        support.write(valuesOf: outputs, into: means, scratch: scratch, workers: passes.workers)
        return means
    }
}
