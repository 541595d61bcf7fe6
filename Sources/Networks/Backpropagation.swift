public import LinearAlgebra

/// Forward and backward passes of a network over a fixed number of examples, in memory that is allocated once.
///
/// Examples go through in tiles whose length the network decides, and each piece of the gradient adds the tiles up in
/// their order: one worker and many give the same bytes.
public final class Backpropagation<Element: Scalar>: Sendable {
    public let network: Network<Element>
    /// N, the examples of one pass.
    public let exampleCount: Int
    public let workers: Workers
    /// Every piece of the gradient; one task each.
    public let gradientPieces: [GradientPiece]
    let tiles: [Tile<Element>]
    /// The examples of each tile.
    let ranges: [Range<Int>]
    private let withinTile: Workers

    public convenience init(_ network: Network<Element>, examples: Int, workers: Workers) {
        self.init(network, examples: examples, directions: 0, workers: workers)
    }

    init(_ network: Network<Element>, examples: Int, directions: Int, workers: Workers) {
        precondition(examples > 0, "a pass over \(examples) examples")
        self.network = network
        self.workers = workers
        exampleCount = examples
        let length = network.tileLength
        ranges = stride(from: 0, to: examples, by: length).map { $0..<min(examples, $0 + length) }
        tiles = ranges.map { network.layers.makeTile(examples: $0.count, directions: directions) }
        gradientPieces = network.layers.gradientPieces
        // Fewer tiles than workers: the rest of them help within a tile. What they compute is the same.
        withinTile = Workers(max(1, workers.count / ranges.count))
    }

    /// Takes the inputs of all examples, `[N, inputCount]`.
    public func load(_ inputs: Matrix<Element>) {
        precondition(inputs.rows == exampleCount, "\(inputs.rows) inputs for a pass over \(exampleCount) examples")
        load { examples, tile in tile.assign(inputs.rows(examples)) }
    }

    /// Lets `fill` write the inputs of some examples into a matrix of as many rows, in parallel over tiles.
    public func load(_ fill: @Sendable (Range<Int>, Matrix<Element>) -> Void) {
        workers.forEach(tiles.count) { fill(ranges[$0], tiles[$0].input.value) }
    }

    /// Runs the layers at θ. The inputs must have been loaded afresh: layers in place may have overwritten them.
    public func forward(at parameters: Vector<Element>) {
        let point = point(parameters)
        workers.forEach(tiles.count) { network.layers.forward(tiles[$0], point) }
    }

    /// f, `[N, outputs]`, after `forward` and before `backward`; copied.
    public var outputs: Matrix<Element> {
        let result = Matrix<Element>(rows: exampleCount, columns: network.outputCount)
        for (range, tile) in zip(ranges, tiles) { result.rows(range).assign(tile.output.value) }
        return result
    }

    /// Evaluates `loss` at the outputs and carries its cotangent back to every layer; the result is each example's loss.
    public func backward(_ loss: any Loss<Element>, at parameters: Vector<Element>) -> [Double] {
        let records = tiles.map { loss.makeRecord(examples: $0.output.examples, outputs: $0.output.width) }
        return backward(loss, records: records, at: parameters) { _ in }
    }

    /// As above; `evaluated` sees each tile between the loss and the backward pass.
    func backward(
        _ loss: any Loss<Element>, records: [LayerRecord<Element>], at parameters: Vector<Element>,
        evaluated: @Sendable (Int) -> Void
    ) -> [Double] {
        precondition(loss.exampleCount == exampleCount, "a loss of \(loss.exampleCount) examples for \(exampleCount)")
        let point = point(parameters)
        let losses = workers.map(tiles.count) { index in
            let output = tiles[index].output
            let losses = loss.evaluate(
                output.value, examples: ranges[index], record: records[index], cotangent: output.cotangent)
            evaluated(index)
            network.layers.backward(tiles[index], point)
            return losses
        }
        return losses.flatMap { $0 }
    }

    /// The gradient of the mean loss, after `backward`, into `gradient` (`[parameters]`, overwritten).
    ///
    /// - Parameter finished: runs in the task of each piece once it is complete: an optimiser's update belongs there,
    ///   while the piece is in the cache.
    public func gradient(
        at parameters: Vector<Element>, into gradient: Vector<Element>,
        finished: @Sendable (GradientPiece) -> Void = { _ in }
    ) {
        let point = point(parameters)
        workers.forEach(gradientPieces.count) { index in
            let piece = gradientPieces[index]
            for (number, tile) in tiles.enumerated() {
                network.layers.layers[piece.layer].addGradient(
                    piece: piece.piece, of: tile.layers[piece.layer], point, scaling: number == 0 ? 0 : 1,
                    into: gradient)
            }
            finished(piece)
        }
    }

    func point(_ parameters: Vector<Element>) -> Point<Element> {
        precondition(
            parameters.count == network.layout.count,
            "\(parameters.count) parameters for a network of \(network.layout.count)")
        return Point(parameters: parameters, workers: withinTile)
    }
}
