public import LinearAlgebra

extension LinearisedNetwork {
    /// Products of one of the loss's curvature matrices with vectors.
    ///
    /// - Parameters:
    ///   - vectors: `[parameters]` each.
    ///   - results: as many as vectors, overwritten.
    public func multiply(
        _ curvature: Curvature, by vectors: [Vector<Element>], into results: [Vector<Element>]
    ) {
        forEachGroup(vectors, results) { vectors, results in
            multiplyTogether(curvature.order, by: vectors, into: results) { multiply(curvature, at: $0) }
        }
    }

    /// Products of (1/N) Σᵢ Jᵢᵀ Cᵢ Jᵢ with vectors, Cᵢ = Σ w wᵀ over the factor's rows of example i.
    ///
    /// - Parameters:
    ///   - factor: of the same examples and outputs.
    ///   - vectors: `[parameters]` each.
    ///   - results: as many as vectors, overwritten.
    public func multiply(
        _ factor: OutputFactor<Element>, by vectors: [Vector<Element>], into results: [Vector<Element>]
    ) {
        precondition(
            factor.exampleCount == exampleCount && factor.weights.columns == network.outputCount,
            "a factor of \(factor.exampleCount)×\(factor.weights.columns) outputs for "
                + "\(exampleCount)×\(network.outputCount)")
        let share = 1 / Double(exampleCount)
        forEachGroup(vectors, results) { vectors, results in
            multiplyTogether(.first, by: vectors, into: results) { place in
                factor.multiply(place.tangent, examples: place.examples, times: share, into: place.result)
            }
        }
    }

    /// As many vectors at a time as go through together.
    func forEachGroup<Input, Output>(
        _ inputs: [Input], _ outputs: [Output], _ body: ([Input], [Output]) -> Void
    ) {
        precondition(directions > 0, "linearised without room for a direction")
        precondition(inputs.count == outputs.count, "\(inputs.count) vectors into \(outputs.count) results")
        for first in stride(from: 0, to: inputs.count, by: directions) {
            let group = first..<min(inputs.count, first + directions)
            body(Array(inputs[group]), Array(outputs[group]))
        }
    }

    /// - Parameter atOutputs: makes the tangent of the outputs' cotangents of that of the outputs.
    private func multiplyTogether(
        _ order: DerivativeOrder, by vectors: [Vector<Element>], into results: [Vector<Element>],
        atOutputs: @Sendable (OutputTangent<Element>) -> Void
    ) {
        let along = prepareTangents(along: vectors, order: order)
        forEachWave { number, wave in
            let passes = wave.passes
            let point = passes.point(parameters)
            workers.forEach(passes.tiles.count) { index in
                let tile = passes.tiles[index]
                network.layers.forwardTangent(tile, point, along: along)
                for direction in 0..<along.count {
                    atOutputs(OutputTangent(wave, tile: index, direction: direction))
                }
                network.layers.backwardTangent(tile, point, along: along)
            }
            addGradientTangents(
                of: wave, along, into: results, isFirst: number == 0, isLast: number == waves.count - 1)
        }
    }

    /// Lets every layer derive what all tiles need of the directions.
    func prepareTangents(along vectors: [Vector<Element>], order: DerivativeOrder) -> Directions<Element> {
        let along = Directions(vectors, derived: Array(derivedTangents.prefix(vectors.count)), order: order)
        let leaves = waves[0].passes.leaves
        let point = waves[0].passes.point(parameters)
        workers.forEach(leaves.count) { leaves[$0].prepareTangent(point, along: along) }
        return along
    }

    func addGradientTangents(
        of wave: Wave<Element>, _ along: Directions<Element>, into results: [Vector<Element>], isFirst: Bool,
        isLast: Bool
    ) {
        let passes = wave.passes
        let point = passes.point(parameters)
        let pieces = passes.gradientPieces
        workers.forEach(pieces.count * along.count) { task in
            let piece = pieces[task % pieces.count]
            let direction = along[task / pieces.count]
            let layer = passes.leaves[piece.layer]
            let result = results[direction.index]
            for (number, tile) in passes.tiles.enumerated() {
                layer.addGradientTangent(
                    piece: piece.piece, of: tile.leaves[piece.layer], point, along: direction,
                    into: GradientTarget(result, scaling: isFirst && number == 0 ? 0 : 1))
            }
            guard isLast else { return }
            layer.finishGradientTangent(
                piece: piece.piece, point, along: direction, in: GradientTarget(result, scaling: 1))
        }
    }

    /// The tangent of the outputs' cotangent: the curvature at the outputs times the outputs' tangent.
    private func multiply(_ curvature: Curvature, at place: OutputTangent<Element>) {
        switch curvature {
        case .hessian, .gaussNewton:
            functional.multiplyByHessian(
                place.tangent, examples: place.examples, record: place.record, into: place.result)
        case .residual:
            place.result.fill(0)
        case .empiricalFisher:
            for row in 0..<place.result.rows {
                // The cotangents carry 1/N each, and the mean over examples wants one of the two.
                let factor = place.cotangents.row(row).dot(place.tangent.row(row)) * Double(exampleCount)
                place.result.row(row).assign(place.cotangents.row(row))
                place.result.row(row).scale(by: Element(factor))
            }
        }
    }
}

/// One direction's tangents at the outputs of one tile.
struct OutputTangent<Element: Scalar>: Sendable {
    /// Among all.
    let examples: Range<Int>
    /// What the loss left.
    let record: LayerRecord<Element>
    /// ∂(mean ℓ)/∂f, `[n, outputs]`.
    let cotangents: Matrix<Element>
    /// ḟ, `[n, outputs]`.
    let tangent: Matrix<Element>
    /// Where the tangent of the cotangents goes, `[n, outputs]`.
    let result: Matrix<Element>

    init(_ wave: Wave<Element>, tile index: Int, direction: Int) {
        let output = wave.passes.tiles[index].output
        examples = wave.examples(ofTile: index)
        record = wave.lossRecords[index]
        cotangents = wave.outputCotangents[index]
        tangent = output.tangent(direction)
        result = output.cotangentTangent(direction)
    }
}
