public import Files
public import LinearAlgebra

/// A network and its loss, linearised once at a point: all that its first and second derivatives there are made of.
///
/// Activations, cotangents and derivatives of activations are computed once and kept. A product with the Hessian is then
/// a forward and a backward pass of tangents (Pearlmutter 1994), exact to rounding, and allocates nothing.
///
/// - Complexity: about 5 times a forward pass of the examples a product, and (1 + directions) times the activations and
///   cotangents of all examples in memory.
public final class LinearisedNetwork<Element: Scalar>: Sendable {
    public let parameters: Parameters<Element>
    public let loss: any Loss<Element>
    /// ℓᵢ, `[N]`.
    public let exampleLosses: [Double]
    /// f, `[N, outputs]`.
    public let outputs: Matrix<Element>
    /// How many directions go through together.
    public let directions: Int
    let passes: Backpropagation<Element>
    private let lossRecords: [LayerRecord<Element>]
    /// ∂(mean ℓ)/∂f of each tile, which a last layer in place would overwrite.
    private let outputCotangents: [Matrix<Element>]

    public var network: Network<Element> { passes.network }
    public var exampleCount: Int { passes.exampleCount }
    public var workers: Workers { passes.workers }

    /// The mean of the examples' losses, added up in their order in double precision.
    public var lossValue: Double { exampleLosses.reduce(0, +) / Double(exampleLosses.count) }

    /// - Parameters:
    ///   - inputs: `[N, inputCount]`.
    ///   - loss: of N examples.
    ///   - directions: how many vectors a product takes together; 0 where only gradients are wanted.
    /// - Throws: `Fault` of kind `data` when an output or a loss is not finite.
    public init(
        _ network: Network<Element>, at parameters: Parameters<Element>, inputs: Matrix<Element>,
        loss: any Loss<Element>, directions: Int = 1, workers: Workers
    ) throws(Fault) {
        self.parameters = parameters
        self.loss = loss
        self.directions = directions
        let passes = Backpropagation(network, examples: inputs.rows, directions: directions, workers: workers)
        self.passes = passes
        passes.load(inputs)
        passes.forward(at: parameters.vector)
        outputs = passes.outputs
        try Self.checkFinite(outputs)
        let records = passes.tiles.map { loss.makeRecord(examples: $0.output.examples, outputs: $0.output.width) }
        let cotangents = passes.tiles.map { Matrix<Element>(rows: $0.output.examples, columns: $0.output.width) }
        lossRecords = records
        outputCotangents = cotangents
        exampleLosses = passes.backward(loss, records: records, at: parameters.vector) { index in
            cotangents[index].assign(passes.tiles[index].output.cotangent)
        }
        guard let bad = exampleLosses.firstIndex(where: { !$0.isFinite }) else { return }
        throw Fault(
            .data, "the loss of example \(bad) is \(exampleLosses[bad])", at: "loss",
            remedy: "The parameters or the targets are too large for this loss; look at the run that made them")
    }

    /// ∇ of the mean loss, `[parameters]`.
    public func gradient() -> Vector<Element> {
        let result = Vector<Element>(count: network.layout.count)
        passes.gradient(at: parameters.vector, into: result)
        return result
    }

    /// Products of one of the loss's curvature matrices with vectors.
    ///
    /// - Parameters:
    ///   - vectors: `[parameters]` each.
    ///   - results: as many as vectors, overwritten.
    public func multiply(
        _ curvature: Curvature, by vectors: [Vector<Element>], into results: [Vector<Element>]
    ) {
        precondition(directions > 0, "linearised without room for a direction")
        precondition(vectors.count == results.count, "\(vectors.count) vectors into \(results.count) results")
        for first in stride(from: 0, to: vectors.count, by: directions) {
            let group = first..<min(vectors.count, first + directions)
            multiplyTogether(curvature, by: Array(vectors[group]), into: Array(results[group]))
        }
    }

    private func multiplyTogether(
        _ curvature: Curvature, by vectors: [Vector<Element>], into results: [Vector<Element>]
    ) {
        let along = Directions(vectors, order: curvature.order)
        let point = passes.point(parameters.vector)
        let layers = network.layers
        workers.forEach(passes.tiles.count) { index in
            let tile = passes.tiles[index]
            layers.forwardTangent(tile, point, along: along)
            for direction in 0..<along.count { multiplyAtOutputs(curvature, tile: index, direction: direction) }
            layers.backwardTangent(tile, point, along: along)
        }
        let pieces = passes.gradientPieces
        workers.forEach(pieces.count * along.count) { task in
            let piece = pieces[task % pieces.count]
            let direction = task / pieces.count
            for (number, tile) in passes.tiles.enumerated() {
                layers.layers[piece.layer].addGradientTangent(
                    piece: piece.piece, of: tile.layers[piece.layer], along: along, direction: direction,
                    scaling: number == 0 ? 0 : 1, into: results[direction])
            }
        }
    }

    /// The tangent of the outputs' cotangent: the curvature at the outputs times the outputs' tangent.
    private func multiplyAtOutputs(_ curvature: Curvature, tile index: Int, direction: Int) {
        let output = passes.tiles[index].output
        let tangent = output.tangent(direction)
        let result = output.cotangentTangent(direction)
        switch curvature {
        case .hessian, .gaussNewton:
            loss.multiplyByHessian(
                tangent, examples: passes.ranges[index], record: lossRecords[index], into: result)
        case .residual:
            result.fill(0)
        case .empiricalFisher:
            let cotangents = outputCotangents[index]
            for row in 0..<output.examples {
                // The cotangents carry 1/N each, and the mean over examples wants one of the two.
                let factor = cotangents.row(row).dot(tangent.row(row)) * Double(exampleCount)
                result.row(row).assign(cotangents.row(row))
                result.row(row).scale(by: Element(factor))
            }
        }
    }

    private static func checkFinite(_ outputs: Matrix<Element>) throws(Fault) {
        guard !outputs.elements.isFinite else { return }
        let row = (0..<outputs.rows).first { !outputs.row($0).isFinite } ?? 0
        throw Fault(
            .data, "the network's outputs for example \(row) are not finite", at: "outputs",
            remedy: "The parameters have diverged or the inputs are too large; try --precision double")
    }
}

/// A symmetric matrix that describes how a loss curves around a point.
public enum Curvature: String, Sendable, CaseIterable {
    /// H, all second derivatives.
    case hessian
    /// G = (1/N) Σ Jᵀ (∂²ℓ/∂f²) J; positive semidefinite for a convex ℓ (Schraudolph 2002).
    case gaussNewton = "ggn"
    /// H − G = (1/N) Σ (∂ℓ/∂f)ₖ ∇²fₖ: what the curvature of the network itself contributes.
    case residual
    /// (1/N) Σ gᵢ gᵢᵀ, the uncentred second moment of the examples' gradients.
    case empiricalFisher = "empirical-fisher"

    var order: DerivativeOrder {
        switch self {
        case .hessian, .residual: .second
        case .gaussNewton, .empiricalFisher: .first
        }
    }
}
