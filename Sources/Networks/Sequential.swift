import Files
public import LinearAlgebra

/// Layers that run one after another, and the boundaries between them.
public struct Sequential<Element: Scalar>: Sendable {
    public let layers: [any Layer<Element>]
    public let outputShape: [Int]
    /// Which boundary each layer reads and writes; a layer in place reads and writes the same.
    private let inputs: [Int]
    private let outputs: [Int]
    /// Of each boundary, numbers an example and whether they do not depend on θ.
    private let boundaries: [(width: Int, isConstant: Bool)]

    init(_ descriptions: [LayerDescription], input: [Int], parameters: inout ParameterLayout) throws(Fault) {
        var layers: [any Layer<Element>] = []
        var inputs: [Int] = []
        var outputs: [Int] = []
        var boundaries = [(width: input.reduce(1, *), isConstant: true)]
        var shape = input
        for (index, description) in descriptions.enumerated() {
            let layer: any Layer<Element> = try LayerKinds.make(
                description, index: index, input: shape, parameters: &parameters)
            shape = layer.outputShape
            inputs.append(boundaries.count - 1)
            if !layer.isInPlace {
                boundaries.append(
                    (shape.reduce(1, *), boundaries[boundaries.count - 1].isConstant && !layer.hasParameters))
            }
            outputs.append(boundaries.count - 1)
            layers.append(layer)
        }
        self.layers = layers
        self.inputs = inputs
        self.outputs = outputs
        self.boundaries = boundaries
        outputShape = shape
    }

    /// Numbers that one example puts on all boundaries together.
    public var widthOfAllBoundaries: Int { boundaries.reduce(0) { $0 + $1.width } }

    /// Whether the outputs depend on any parameter.
    var hasParameters: Bool { !boundaries[boundaries.count - 1].isConstant }

    func makeTile(examples: Int, directions: Int) -> Tile<Element> {
        let made = boundaries.map {
            Boundary<Element>(
                examples: examples, width: $0.width, directions: directions, isConstant: $0.isConstant)
        }
        return Tile(
            boundaries: made,
            layers: layers.indices.map { index in
                LayerTile(
                    input: made[inputs[index]], output: made[outputs[index]],
                    record: layers[index].makeRecord(examples: examples, directions: directions))
            })
    }

    func forward(_ tile: Tile<Element>, _ point: Point<Element>) {
        for (layer, part) in zip(layers, tile.layers) { layer.forward(part, point) }
    }

    func backward(_ tile: Tile<Element>, _ point: Point<Element>) {
        for (layer, part) in zip(layers, tile.layers).reversed() { layer.backward(part, point) }
    }

    func forwardTangent(_ tile: Tile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        for (layer, part) in zip(layers, tile.layers) { layer.forwardTangent(part, point, along: directions) }
    }

    func backwardTangent(_ tile: Tile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        for (layer, part) in zip(layers, tile.layers).reversed() {
            layer.backwardTangent(part, point, along: directions)
        }
    }

    /// Every piece of the gradient, of every layer.
    var gradientPieces: [GradientPiece] {
        layers.indices.flatMap { layer in
            layers[layer].gradientPieces.enumerated().map {
                GradientPiece(layer: layer, piece: $0.offset, ranges: $0.element)
            }
        }
    }
}

/// A part of the gradient that one task computes: which layer's, which of its pieces, and where it goes.
public struct GradientPiece: Sendable {
    let layer: Int
    let piece: Int
    /// Stretches of the flat vector.
    public let ranges: [Range<Int>]
}

/// Some examples on their way through a sequence of layers.
struct Tile<Element: Scalar>: Sendable {
    let boundaries: [Boundary<Element>]
    let layers: [LayerTile<Element>]

    var input: Boundary<Element> { boundaries[0] }
    var output: Boundary<Element> { boundaries[boundaries.count - 1] }
}
