import LinearAlgebra

/// Examples of a linearised network that are in memory together, and what their loss left.
struct Wave<Element: Scalar>: Sendable {
    let passes: Backpropagation<Element>
    /// The first of its examples, among all.
    let first: Int
    /// What the loss keeps of each tile.
    let lossRecords: [LayerRecord<Element>]
    /// ∂(mean ℓ)/∂f of each tile, which a last layer in place would overwrite.
    let outputCotangents: [Matrix<Element>]

    init(_ passes: Backpropagation<Element>, first: Int, loss: any OutputFunctional<Element>) {
        self.passes = passes
        self.first = first
        lossRecords = passes.tiles.map { loss.makeRecord(examples: $0.output.examples, outputs: $0.output.width) }
        outputCotangents = passes.tiles.map { Matrix(rows: $0.output.examples, columns: $0.output.width) }
    }

    /// The same memory for examples further on.
    func moved(to first: Int) -> Wave {
        Wave(passes: passes, first: first, lossRecords: lossRecords, outputCotangents: outputCotangents)
    }

    private init(
        passes: Backpropagation<Element>, first: Int, lossRecords: [LayerRecord<Element>],
        outputCotangents: [Matrix<Element>]
    ) {
        self.passes = passes
        self.first = first
        self.lossRecords = lossRecords
        self.outputCotangents = outputCotangents
    }

    var examples: Range<Int> { first..<first + passes.exampleCount }

    /// The examples of tile number `index`, among all.
    func examples(ofTile index: Int) -> Range<Int> {
        first + passes.ranges[index].lowerBound..<first + passes.ranges[index].upperBound
    }

    /// Forward and backward passes; the result is each example's loss.
    ///
    /// - Parameter checked: sees the outputs, `[examples, outputs]`, before the loss does.
    func linearise(
        at parameters: Parameters<Element>, inputs: Matrix<Element>, loss: any OutputFunctional<Element>,
        checked: (Matrix<Element>) throws -> Void
    ) rethrows -> [Double] {
        passes.load(inputs.rows(examples))
        passes.forwardPrepared(at: parameters)
        try checked(passes.outputs)
        return passes.backward(loss, from: first, records: lossRecords, at: parameters) { index in
            outputCotangents[index].assign(passes.tiles[index].output.cotangent)
        }
    }
}
