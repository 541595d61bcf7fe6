public import LinearAlgebra

/// A loss with the memory for its evaluation on some passes, so that what trains step after step allocates once.
public struct LossEvaluation<Element: Scalar>: Sendable {
    public let loss: any OutputFunctional<Element>
    /// ℓᵢ, `[N]`, after a backward pass.
    public let values: Vector<Double>
    /// What the loss keeps of each tile.
    let records: [LayerRecord<Element>]

    public init(_ loss: any OutputFunctional<Element>, on passes: Backpropagation<Element>) {
        precondition(
            loss.exampleCount == passes.exampleCount,
            "a loss of \(loss.exampleCount) examples for \(passes.exampleCount)")
        self.loss = loss
        values = Vector(count: passes.exampleCount)
        records = passes.tiles.map { loss.makeRecord(examples: $0.output.examples, outputs: $0.output.width) }
    }
}
