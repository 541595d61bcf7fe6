import LinearAlgebra

/// The first layers of a network over a span of parameters, as far as what they give is affine there: computed once for
/// each point and direction of the span, and then only summed.
///
/// A first layer acts on the data, so y = x Wᵀ + b is affine in (W, b):
///
///     y(Σ aᵢ θᵢ + Σ bⱼ dⱼ) = Σ aᵢ y(θᵢ) + Σ bⱼ ẏ(dⱼ),   Σ aᵢ = 1,
///
/// with ẏ(d) the tangent along d. Of a 784-512-512-10 network this is 60 % of a forward pass. It differs from the layer
/// at the summed parameters by rounding alone: each of the terms has that of an inner product, times its coordinate.
struct AffineHead<Element: Scalar>: Sendable {
    /// Bytes beyond which the terms are not kept: the problem's size alone decides, so that no limit changes a byte.
    private static var mostBytes: Int { 1 << 29 }

    let layers: Sequential<Element>
    /// The layers after it.
    let tail: Sequential<Element>
    /// Whether the output depends on no parameter; then there is one term.
    let isConstant: Bool
    /// The parameters before this one are the head's alone.
    let parameterCount: Int
    /// y(θᵢ), then ẏ(dⱼ), `[N, width]` each; the inputs themselves where the head has no layer.
    let terms: [Matrix<Element>]

    /// - Parameter isWanted: false for a head without layers, so that all is computed at every point.
    init(
        _ network: Network<Element>, over span: ParameterSpan<Element>, inputs: Matrix<Element>, isWanted: Bool,
        mode: PassMode, workers: Workers
    ) {
        let all = network.layers.layers
        let input = ExampleShape(network.architecture.input)
        let count =
            isWanted ? Self.length(network, input: input, terms: span.coordinateCount, examples: inputs.rows) : 0
        layers = Sequential(Array(all.prefix(count)), input: input)
        tail = Sequential(Array(all.dropFirst(count)), input: layers.outputShape)
        isConstant = !layers.hasLayersWithParameters
        parameterCount = layers.leaves.flatMap { $0.gradientPieces.joined() }.map(\.upperBound).max() ?? 0
        terms =
            count == 0
            ? [inputs] : Self.terms(layers, network, over: span, inputs: inputs, mode: mode, workers: workers)
    }

    /// The head's output for some examples at the span's coordinates.
    func write(_ examples: Range<Int>, at coordinates: [Element], to output: Matrix<Element>) {
        guard !isConstant else { return output.assign(terms[0].rows(examples)) }
        output.elements.assign(
            sum: zip(coordinates, terms).map { (factor: $0, vector: $1.rows(examples).elements) })
    }

    /// As many layers as are affine, or constant where those would be too large to keep, or none.
    private static func length(
        _ network: Network<Element>, input: ExampleShape, terms: Int, examples: Int
    ) -> Int {
        let (constant, affine) = (network.layers.constantPrefix, network.layers.affinePrefix)
        func bytes(_ layers: Int, _ terms: Int) -> Int {
            let width = layers == 0 ? input.width : network.layers.layers[layers - 1].outputShape.width
            return terms * examples * width * MemoryLayout<Element>.stride
        }
        if affine > constant, bytes(affine, terms) <= mostBytes { return affine }
        return bytes(constant, 1) <= mostBytes ? constant : 0
    }

    private static func terms(
        _ layers: Sequential<Element>, _ network: Network<Element>, over span: ParameterSpan<Element>,
        inputs: Matrix<Element>, mode: PassMode, workers: Workers
    ) -> [Matrix<Element>] {
        let dependsOnParameters = layers.hasLayersWithParameters
        let points = dependsOnParameters ? span.points : [span.points[0]]
        let vectors = dependsOnParameters ? span.directions : []
        let length = network.tileLength(examples: inputs.rows, mode: mode)
        let ranges = stride(from: 0, to: inputs.rows, by: length).map { $0..<min(inputs.rows, $0 + length) }
        let scratch = Scratch<Element>()
        let places = points.map { parameters in
            Point(
                parameters: parameters.vector, buffers: parameters.buffers,
                derived: Vector(count: network.layout.derivedCount), mode: mode, seed: 0,
                workers: Workers(max(1, workers.count / ranges.count)), scratch: scratch)
        }
        let directions = Directions(
            vectors, derived: vectors.map { _ in Vector(count: network.layout.derivedCount) }, order: .first)
        for leaf in layers.leaves {
            for place in places { leaf.prepare(place) }
            if directions.count > 0 { leaf.prepareTangent(places[0], along: directions) }
        }
        let terms = (0..<points.count + vectors.count).map { _ in
            Matrix<Element>(rows: inputs.rows, columns: layers.outputShape.width)
        }
        workers.forEach(ranges.count) { index in
            let range = ranges[index]
            let tile = layers.makeTile(
                input: Boundary(
                    values: Matrix(rows: range.count, columns: inputs.columns),
                    cotangents: Matrix(rows: 0, columns: inputs.columns), range: range, room: directions.count,
                    isConstant: true))
            for (number, place) in places.enumerated() {
                // Layers in place may have written over them.
                tile.input.value.assign(inputs.rows(range))
                layers.forward(tile, place)
                terms[number].rows(range).assign(tile.output.value)
                guard number == 0, directions.count > 0 else { continue }
                layers.forwardTangent(tile, place, along: directions)
                for direction in 0..<directions.count {
                    terms[points.count + direction].rows(range).assign(tile.output.tangent(direction))
                }
            }
        }
        return terms
    }
}
