public import LinearAlgebra

/// Forward and backward passes of a network over a fixed number of examples, in memory that is allocated once.
///
/// Examples go through in tiles whose length the network decides, and each piece of the gradient adds the tiles up in
/// their order: one worker and many give the same bytes.
public final class Backpropagation<Element: Scalar>: Sendable {
    public let network: Network<Element>
    /// The examples of one pass.
    public let exampleCount: Int
    public let mode: PassMode
    public let workers: Workers
    /// Every piece of the gradient; one task each.
    public let gradientPieces: [GradientPiece]
    let tiles: [Tile<Element>]
    /// The examples of each tile.
    let ranges: [Range<Int>]
    /// Every layer, also those inside others, in the order of `Tile.leaves`.
    let leaves: [any Layer<Element>]
    /// `Point.derived`.
    private let derived: Vector<Element>
    private let scratch: Scratch<Element>

    public convenience init(
        _ network: Network<Element>, examples: Int, mode: PassMode = .analysis, workers: Workers
    ) {
        self.init(
            network, examples: examples, tileLength: network.tileLength(examples: examples, mode: mode),
            LinearisationConfiguration(directions: 0, mode: mode, workers: workers), sharing: nil)
    }

    /// - Parameters:
    ///   - tileLength: that of all examples, of which these may be some.
    ///   - inputs: `[N, inputCount]`, to be read where they are unless a layer writes over them; else `load` copies.
    ///   - other: passes at the same point, whose `derived` these use too.
    init(
        _ network: Network<Element>, examples: Int, tileLength length: Int,
        _ configuration: LinearisationConfiguration, reading inputs: Matrix<Element>? = nil,
        sharing other: Backpropagation?
    ) {
        precondition(examples > 0, "a pass over \(examples) examples")
        self.network = network
        mode = configuration.mode
        workers = configuration.workers
        exampleCount = examples
        ranges = stride(from: 0, to: examples, by: length).map { $0..<min(examples, $0 + length) }
        let readable = network.layers.overwritesInput ? nil : inputs
        tiles = ranges.map { network.makeTile(examples: $0, directions: configuration.directions, reading: readable) }
        leaves = network.layers.leaves
        gradientPieces = leaves.enumerated().flatMap { layer, leaf in
            leaf.gradientPieces.enumerated().map { GradientPiece(layer: layer, piece: $0.offset, ranges: $0.element) }
        }
        derived = other?.derived ?? Vector(count: network.layout.derivedCount)
        scratch = other?.scratch ?? Scratch()
    }

    /// Takes the inputs of all examples, `[N, inputCount]`.
    public func load(_ inputs: Matrix<Element>) {
        precondition(inputs.rows == exampleCount, "\(inputs.rows) inputs for a pass over \(exampleCount) examples")
        load { examples, tile in tile.assign(inputs.rows(examples)) }
    }

    /// Lets `fill` write the inputs of some examples into a matrix of as many rows, in parallel over tiles.
    public func load(_ fill: @Sendable (Range<Int>, Matrix<Element>) -> Void) { load(fill, sharing: workers) }

    private func load(_ fill: @Sendable (Range<Int>, Matrix<Element>) -> Void, sharing workers: Workers) {
        workers.forEach(tiles.count) { fill(ranges[$0], tiles[$0].input.value) }
    }

    /// Runs the layers at θ. The inputs must have been loaded afresh: layers in place may have overwritten them.
    ///
    /// - Parameter seed: of what layers draw at random in training; another one for every step.
    public func forward(at parameters: Parameters<Element>, seed: UInt64 = 0) {
        prepare(at: parameters, seed: seed)
        forwardPrepared(at: parameters, seed: seed)
    }

    /// `load` and `forward` on fewer workers than these passes have, beside other work; the numbers are the same.
    public func forward(
        at parameters: Parameters<Element>, seed: UInt64 = 0, sharing workers: Workers,
        loading fill: @Sendable (Range<Int>, Matrix<Element>) -> Void
    ) {
        let point = point(parameters, seed: seed, sharing: workers)
        load(fill, sharing: workers)
        prepare(at: point)
        workers.forEach(tiles.count) { network.layers.forward(tiles[$0], point) }
    }

    /// Lets every layer derive from the parameters what all tiles need.
    func prepare(at parameters: Parameters<Element>, seed: UInt64 = 0) {
        prepare(at: point(parameters, seed: seed))
    }

    private func prepare(at point: Point<Element>) {
        // Most networks have nothing to derive, and waking workers for it costs some 10 µs.
        guard network.layout.derivedCount > 0 else { return }
        workers.forEach(leaves.count) { leaves[$0].prepare(point) }
    }

    /// `forward` without what `prepare` has done.
    func forwardPrepared(at parameters: Parameters<Element>, seed: UInt64 = 0) {
        let point = point(parameters, seed: seed)
        workers.forEach(tiles.count) { network.layers.forward(tiles[$0], point) }
    }

    /// f, `[N, outputs]`, after `forward` and before `backward`; copied.
    public var outputs: Matrix<Element> {
        let result = Matrix<Element>(rows: exampleCount, columns: network.outputCount)
        writeOutputs(into: result)
        return result
    }

    /// result = f, `[N, outputs]`, after `forward` and before `backward`.
    public func writeOutputs(into result: Matrix<Element>) {
        for index in tiles.indices { result.rows(ranges[index]).assign(tiles[index].output.value) }
    }

    /// Evaluates `loss` at the outputs and carries its cotangent back to every layer; the result is each example's loss.
    public func backward(_ loss: any OutputFunctional<Element>, at parameters: Parameters<Element>) -> [Double] {
        let evaluation = LossEvaluation(loss, on: self)
        backward(evaluation, at: parameters)
        return evaluation.values.array
    }

    /// As above, in memory that is there already; each example's loss is then in `evaluation.values`.
    public func backward(_ evaluation: LossEvaluation<Element>, at parameters: Parameters<Element>) {
        let point = point(parameters)
        workers.forEach(tiles.count) { index in
            let output = tiles[index].output
            evaluation.loss.evaluate(
                output.value, examples: ranges[index], record: evaluation.records[index], cotangent: output.cotangent,
                values: evaluation.values[ranges[index]])
            network.layers.backward(tiles[index], point)
        }
    }

    /// As above, for the loss's examples from `first` on; `evaluated` sees each tile between the loss and the backward
    /// pass.
    func backward(
        _ loss: any OutputFunctional<Element>, from first: Int, records: [LayerRecord<Element>],
        at parameters: Parameters<Element>, evaluated: @Sendable (Int) -> Void
    ) -> [Double] {
        let point = point(parameters)
        let losses = workers.map(tiles.count) { index in
            let output = tiles[index].output
            let examples = first + ranges[index].lowerBound..<first + ranges[index].upperBound
            let losses = loss.evaluate(
                output.value, examples: examples, record: records[index], cotangent: output.cotangent)
            evaluated(index)
            network.layers.backward(tiles[index], point)
            return losses
        }
        return losses.flatMap { $0 }
    }

    /// The gradient of the mean loss, after `backward`, into `gradient` (`[parameters]`, overwritten).
    public func gradient(at parameters: Parameters<Element>, into gradient: Vector<Element>) {
        addGradient(at: parameters, into: gradient, isFirst: true, isLast: true)
    }

    /// The gradient of the mean loss, after `backward`, one piece at a time in memory that is lent for it, so that a
    /// piece that is used at once never leaves the cache.
    ///
    /// - Parameter use: takes the numbers of the piece; runs in the piece's task.
    public func forEachGradientPiece(
        at parameters: Parameters<Element>, _ use: @Sendable (GradientPiece, GradientTarget<Element>) -> Void
    ) {
        let point = point(parameters)
        workers.forEach(gradientPieces.count) { index in
            let piece = gradientPieces[index]
            let layer = leaves[piece.layer]
            scratch.withMatrix(rows: 1, columns: piece.ranges.reduce(0) { $0 + $1.count }) { memory in
                for number in tiles.indices {
                    layer.addGradient(
                        piece: piece.piece, of: tiles[number].leaves[piece.layer], point,
                        into: GradientTarget(memory.elements, holding: piece.ranges, scaling: number == 0 ? 0 : 1))
                }
                let sum = GradientTarget(memory.elements, holding: piece.ranges, scaling: 1)
                layer.finishGradient(piece: piece.piece, point, in: sum)
                use(piece, sum)
            }
        }
    }

    /// Adds these examples' share of the gradient.
    ///
    /// - Parameters:
    ///   - isFirst: what stands in `gradient` is overwritten.
    ///   - isLast: no other share is to come, so that pieces can be finished.
    func addGradient(
        at parameters: Parameters<Element>, into gradient: Vector<Element>, isFirst: Bool, isLast: Bool
    ) {
        let point = point(parameters)
        workers.forEach(gradientPieces.count) { index in
            let piece = gradientPieces[index]
            let layer = leaves[piece.layer]
            for (number, tile) in tiles.enumerated() {
                layer.addGradient(
                    piece: piece.piece, of: tile.leaves[piece.layer], point,
                    into: GradientTarget(gradient, scaling: isFirst && number == 0 ? 0 : 1))
            }
            guard isLast else { return }
            layer.finishGradient(piece: piece.piece, point, in: GradientTarget(gradient, scaling: 1))
        }
    }

    func point(
        _ parameters: Parameters<Element>, seed: UInt64 = 0, sharing workers: Workers? = nil
    ) -> Point<Element> {
        precondition(
            parameters.vector.count == network.layout.count,
            "\(parameters.vector.count) parameters for a network of \(network.layout.count)")
        // Fewer tiles than workers: the rest of them help within a tile. What they compute is the same.
        let withinTile = Workers(max(1, (workers ?? self.workers).count / tiles.count))
        return Point(
            parameters: parameters.vector, buffers: parameters.buffers, derived: derived, mode: mode, seed: seed,
            workers: withinTile, scratch: scratch)
    }
}

extension Network {
    /// Memory for the examples `range` on their way through.
    ///
    /// - Parameter inputs: those of all examples, to be read where they are; nil for memory of the tile's own.
    func makeTile(
        examples range: Range<Int>, directions: Int, reading inputs: Matrix<Element>? = nil
    ) -> Tile<Element> {
        let input = Boundary<Element>(
            values: inputs?.rows(range) ?? Matrix(rows: range.count, columns: inputCount),
            cotangents: Matrix(rows: 0, columns: inputCount), range: range, room: directions,
            isConstant: true)
        return layers.makeTile(input: input)
    }
}
