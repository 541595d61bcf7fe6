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

    /// What the last evaluation gave, `[N, actions]`; memory of this object's, good until the next one.
    var values: Matrix<Float> { support == nil ? outputs : means }

    /// `values` of what `fill` writes, some observations at a time and in parallel.
    public func evaluate(
        at parameters: Parameters<Float>, loading fill: @Sendable (Range<Int>, Matrix<Float>) -> Void
    ) -> Matrix<Float> {
        passes.load(fill)
        passes.forward(at: parameters)
        read(sharing: passes.workers)
        return values
    }

    /// As above on fewer workers, beside other work.
    func evaluate(
        at parameters: Parameters<Float>, sharing workers: Workers,
        loading fill: @Sendable (Range<Int>, Matrix<Float>) -> Void
    ) {
        passes.forward(at: parameters, sharing: workers, loading: fill)
        read(sharing: workers)
    }

    /// Takes up what the last pass gave.
    private func read(sharing workers: Workers) {
        passes.writeOutputs(into: outputs)
        support?.write(valuesOf: outputs, into: means, scratch: scratch, workers: workers)
    }
}
