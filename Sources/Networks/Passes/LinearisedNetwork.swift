public import Files
public import LinearAlgebra

/// A network and its loss, linearised once at a point: all that its first and second derivatives there are made of.
///
/// Activations, cotangents and derivatives of activations are computed once and kept. A product with the Hessian is then
/// a forward and a backward pass of tangents (Pearlmutter 1994), exact to rounding, and allocates nothing.
///
/// Where a limit of memory leaves no room for all examples, the last of them are computed anew for each product; the
/// results are the same to the bit.
///
/// - Complexity: about 5 times a forward pass of the examples a product, and (1 + directions) times the activations and
///   cotangents of all examples in memory.
public final class LinearisedNetwork<Element: Scalar>: Sendable {
    public let network: Network<Element>
    public let parameters: Parameters<Element>
    /// `[N, inputCount]`.
    public let inputs: Matrix<Element>
    public let loss: any Loss<Element>
    public let mode: PassMode
    /// ℓᵢ, `[N]`.
    public let exampleLosses: [Double]
    /// f, `[N, outputs]`.
    public let outputs: Matrix<Element>
    /// How many directions go through together.
    public let directions: Int
    public let memory: MemoryPlan
    public let workers: Workers
    /// The first stays in memory unless `memory.recomputes` from the start; those that share memory follow one another.
    let waves: [Wave<Element>]
    /// The tangents of `Point.derived`.
    private let derivedTangents: [Vector<Element>]

    public var exampleCount: Int { inputs.rows }

    /// The mean of the examples' losses, added up in their order in double precision.
    public var lossValue: Double { exampleLosses.reduce(0, +) / Double(exampleLosses.count) }

    /// - Parameters:
    ///   - inputs: `[N, inputCount]`.
    ///   - loss: of N examples.
    ///   - configuration: how many directions together, whose statistics, how much memory, how many workers.
    /// - Throws: `Fault` of kind `data` when an output or a loss is not finite, or the memory is too little for any tile.
    public init(
        _ network: Network<Element>, at parameters: Parameters<Element>, inputs: Matrix<Element>,
        loss: any Loss<Element>, _ configuration: LinearisationConfiguration
    ) throws(Fault) {
        precondition(loss.exampleCount == inputs.rows, "a loss of \(loss.exampleCount) examples for \(inputs.rows)")
        self.network = network
        self.parameters = parameters
        self.loss = loss
        self.inputs = inputs
        mode = configuration.mode
        directions = configuration.directions
        workers = configuration.workers
        derivedTangents = (0..<directions).map { _ in Vector(count: network.layout.derivedCount) }
        memory = try MemoryPlan(network, examples: inputs.rows, configuration)
        waves = Self.waves(network, inputs: inputs, loss: loss, memory, configuration)
        waves[0].passes.prepare(at: parameters)
        let outputs = Matrix<Element>(rows: inputs.rows, columns: network.outputCount)
        self.outputs = outputs
        var losses: [Double] = []
        for wave in waves {
            do {
                losses += try wave.linearise(at: parameters, inputs: inputs, loss: loss) { found in
                    outputs.rows(wave.examples).assign(found)
                    try Self.checkFinite(outputs)
                }
            } catch let fault as Fault {
                throw fault
            } catch {
                preconditionFailure("only faults are thrown here: \(error)")
            }
        }
        exampleLosses = losses
        if let bad = exampleLosses.firstIndex(where: { !$0.isFinite }) {
            throw Fault(
                .data, "the loss of example \(bad) is \(exampleLosses[bad])", at: "loss",
                remedy: "The parameters or the targets are too large for this loss; look at the run that made them")
        }
        if directions > 0 && waves[0].passes.leaves.contains(where: { $0.needsGradient }) { _ = gradient() }
    }

    /// As above, with all examples in memory.
    public convenience init(
        _ network: Network<Element>, at parameters: Parameters<Element>, inputs: Matrix<Element>,
        loss: any Loss<Element>, directions: Int = 1, workers: Workers
    ) throws(Fault) {
        try self.init(
            network, at: parameters, inputs: inputs, loss: loss,
            LinearisationConfiguration(directions: directions, workers: workers))
    }

    /// ∇ of the mean loss, `[parameters]`.
    public func gradient() -> Vector<Element> {
        let result = Vector<Element>(count: network.layout.count)
        forEachWave { number, wave in
            wave.passes.addGradient(
                at: parameters, into: result, isFirst: number == 0, isLast: number == waves.count - 1)
        }
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

    /// Runs `body` for one wave after another, in the order of the examples, each in memory meanwhile.
    func forEachWave(_ body: (Int, Wave<Element>) -> Void) {
        for (number, wave) in waves.enumerated() {
            // What shares its memory has been written over since.
            if memory.recomputes && (number > 0 || memory.residentTiles == 0) {
                _ = wave.linearise(at: parameters, inputs: inputs, loss: loss) { _ in }
            }
            body(number, wave)
        }
    }

    private func multiplyTogether(
        _ curvature: Curvature, by vectors: [Vector<Element>], into results: [Vector<Element>]
    ) {
        let along = Directions(
            vectors, derived: Array(derivedTangents.prefix(vectors.count)), order: curvature.order)
        let leaves = waves[0].passes.leaves
        let point = waves[0].passes.point(parameters)
        workers.forEach(leaves.count) { leaves[$0].prepareTangent(point, along: along) }
        forEachWave { number, wave in
            carryTangents(curvature, along, through: wave)
            addGradientTangents(
                of: wave, along, into: results, isFirst: number == 0, isLast: number == waves.count - 1)
        }
    }

    private func carryTangents(
        _ curvature: Curvature, _ along: Directions<Element>, through wave: Wave<Element>
    ) {
        let passes = wave.passes
        let point = passes.point(parameters)
        workers.forEach(passes.tiles.count) { index in
            let tile = passes.tiles[index]
            network.layers.forwardTangent(tile, point, along: along)
            for direction in 0..<along.count {
                multiplyAtOutputs(curvature, wave: wave, tile: index, direction: direction)
            }
            network.layers.backwardTangent(tile, point, along: along)
        }
    }

    private func addGradientTangents(
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
    private func multiplyAtOutputs(_ curvature: Curvature, wave: Wave<Element>, tile index: Int, direction: Int) {
        let output = wave.passes.tiles[index].output
        let tangent = output.tangent(direction)
        let result = output.cotangentTangent(direction)
        switch curvature {
        case .hessian, .gaussNewton:
            loss.multiplyByHessian(
                tangent, examples: wave.examples(ofTile: index), record: wave.lossRecords[index], into: result)
        case .residual:
            result.fill(0)
        case .empiricalFisher:
            let cotangents = wave.outputCotangents[index]
            for row in 0..<output.examples {
                // The cotangents carry 1/N each, and the mean over examples wants one of the two.
                let factor = cotangents.row(row).dot(tangent.row(row)) * Double(exampleCount)
                result.row(row).assign(cotangents.row(row))
                result.row(row).scale(by: Element(factor))
            }
        }
    }

    /// The examples that stay, then as many at a time as share memory.
    private static func waves(
        _ network: Network<Element>, inputs: Matrix<Element>, loss: any Loss<Element>, _ plan: MemoryPlan,
        _ configuration: LinearisationConfiguration
    ) -> [Wave<Element>] {
        let examples = inputs.rows
        let length = network.tileLength(examples: examples, mode: configuration.mode)
        func passes(
            _ count: Int, reading inputs: Matrix<Element>?, sharing other: Backpropagation<Element>?
        ) -> Backpropagation<Element> {
            Backpropagation(
                network, examples: count, tileLength: length, configuration, reading: inputs, sharing: other)
        }
        var waves: [Wave<Element>] = []
        var first = min(examples, plan.residentTiles * length)
        if first > 0 { waves.append(Wave(passes(first, reading: inputs, sharing: nil), first: 0, loss: loss)) }
        var shared: Wave<Element>?
        while first < examples {
            let count = min(examples - first, plan.sharedTiles * length)
            if let shared, shared.passes.exampleCount == count {
                waves.append(shared.moved(to: first))
            } else {
                let own = passes(count, reading: nil, sharing: waves.first?.passes)
                waves.append(Wave(own, first: first, loss: loss))
            }
            shared = waves.last
            first += count
        }
        return waves
    }

    private static func checkFinite(_ outputs: Matrix<Element>) throws {
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
