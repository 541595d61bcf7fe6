public import Files
public import LinearAlgebra
public import Networks
import Synchronization

/// Steps of an optimiser on a network's parameters, over batches of one size, in memory that is allocated once.
///
/// The optimiser updates each piece of the parameters in the task that has just completed that piece of the gradient,
/// while both are in the cache. That is safe although other pieces are still to come: all cotangents stand by then, and
/// the gradient of a weight is made of cotangents and activations alone (∂W = δᵀx), never of the weights.
public final class TrainingStep<Element: Scalar> {
    public let passes: Backpropagation<Element>
    /// θ, changed in place by every step.
    public let parameters: Parameters<Element>
    public let optimiser: Optimiser<Element>
    /// What holds parameters back; nil lets all of them go where the gradient points.
    public var restraint: Restraint<Element>?
    private let seed: UInt64

    /// - Parameters:
    ///   - examples: N, the examples of one batch.
    ///   - seed: of what layers draw at random, step by step.
    public init(
        _ network: Network<Element>, parameters: Parameters<Element>, optimiser: Optimiser<Element>, examples: Int,
        seed: UInt64 = 0, workers: Workers
    ) {
        precondition(optimiser.parameterCount == parameters.vector.count, "an optimiser of another network")
        passes = Backpropagation(network, examples: examples, mode: .training, workers: workers)
        self.seed = seed
        self.parameters = parameters
        self.optimiser = optimiser
    }

    /// One step on the batch `inputs`, `[N, inputCount]`; the result is the mean loss before it.
    ///
    /// - Throws: as `run(_:loading:)`.
    public func run(_ loss: any Loss<Element>, inputs: Matrix<Element>) throws(Fault) -> Double {
        try run(loss) { examples, tile in tile.assign(inputs.rows(examples)) }
    }

    /// One step on the batch that `fill` writes, some examples at a time and in parallel.
    ///
    /// - Throws: `Fault` of kind `data` that names the step, when the loss (parameters untouched) or a parameter (which
    ///   then stands in `parameters`) is not finite. The same inputs give the same fault; nothing is written to disk.
    public func run(
        _ loss: any Loss<Element>, loading fill: @Sendable (Range<Int>, Matrix<Element>) -> Void
    ) throws(Fault) -> Double {
        try run(LossEvaluation(loss, on: passes), of: loss.kind, loading: fill)
    }

    /// As above, for a loss that is evaluated step after step in the same memory.
    ///
    /// - Parameter kind: what messages call the loss.
    public func run(
        _ evaluation: LossEvaluation<Element>, of kind: LossKind,
        loading fill: @Sendable (Range<Int>, Matrix<Element>) -> Void
    ) throws(Fault) -> Double {
        passes.load(fill)
        passes.forward(at: parameters, seed: layerSeed)
        return try finish(evaluation, of: kind)
    }

    /// Of what layers draw at random in the step to come.
    public var layerSeed: UInt64 { seed &+ UInt64(optimiser.step) &* 0x9e37_79b9_7f4a_7c15 }

    /// The rest of a step, after the forward pass of `passes` at `parameters` with `layerSeed`.
    public func finish(_ evaluation: LossEvaluation<Element>, of kind: LossKind) throws(Fault) -> Double {
        let theta = parameters.vector
        passes.backward(evaluation, at: parameters)
        let mean = evaluation.values.sum / Double(evaluation.values.count)
        guard mean.isFinite else {
            throw diverged("the \(kind.rawValue) loss is \(mean)", step: optimiser.step + 1)
        }
        let update = optimiser.beginStep()
        let isFinite = Atomic<Bool>(true)
        passes.forEachGradientPiece(at: parameters) { [restraint] piece, gradient in
            for range in piece.ranges {
                if let restraint {
                    restraint.apply(update, to: theta, gradient: gradient[range], range: range)
                } else {
                    update.apply(to: theta, gradient: gradient[range], range: range)
                }
                // Looked for here, in the cache: rectifiers can swallow a NaN, so the next loss need not show it.
                if !theta[range].isFinite { isFinite.store(false, ordering: .relaxed) }
            }
        }
        guard isFinite.load(ordering: .relaxed) else {
            throw diverged("a parameter is no longer finite (the loss was \(mean))", step: optimiser.step)
        }
        return mean
    }

    private func diverged(_ what: String, step: Int) -> Fault {
        Fault(
            .data, "training has diverged: \(what)", at: "step \(step)",
            remedy: "Lower the learning rate or change the optimiser; the last checkpoint is from before")
    }
}
