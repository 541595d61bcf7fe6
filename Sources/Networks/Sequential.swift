import Files
public import LinearAlgebra

/// Layers that run one after another, and the boundaries between them.
public struct Sequential<Element: Scalar>: Sendable {
    /// Those of the architecture, and what had to be put between two of them.
    public let layers: [any Layer<Element>]
    /// Where in `layers` each layer of the architecture stands.
    let places: [Int]
    public let outputShape: ExampleShape
    /// Which boundary each layer reads and writes; a layer in place reads and writes the same.
    private let inputs: [Int]
    private let outputs: [Int]
    /// Numbers that one example puts on each boundary.
    private let widths: [Int]

    /// - Parameters:
    ///   - path: before each layer's number, in messages: `3.body.`
    ///   - order: in which order of axes an image must leave; nil where it does not matter.
    init(
        _ descriptions: [LayerDescription], input: ExampleShape, path: String = "", endingIn order: AxisOrder? = nil,
        parameters: inout ParameterLayout
    ) throws(Fault) {
        var builder = Builder(input)
        for (index, description) in descriptions.enumerated() {
            var reader = LayerReader(description, path: path + String(index))
            try builder.reorder(for: LayerKinds<Element>.type(&reader).inputOrder)
            builder.append(try LayerKinds.make(&reader, input: builder.shape, parameters: &parameters))
        }
        builder.reorder(for: order)
        self.init(builder)
    }

    /// Layers that are made already and fit one another as they are.
    init(_ layers: [any Layer<Element>], input: ExampleShape) {
        var builder = Builder(input)
        for layer in layers { builder.append(layer) }
        self.init(builder)
    }

    private init(_ builder: Builder) {
        layers = builder.layers
        places = builder.places
        outputShape = builder.shape
        inputs = builder.inputs
        outputs = builder.outputs
        widths = builder.widths
    }

    /// Numbers that one example puts on all boundaries together, those inside layers included.
    public var widthOfAllBoundaries: Int {
        widths.reduce(0, +)
            + layers.reduce(0) { sum, layer in
                layer.sequences.reduce(sum) { $0 + $1.widthOfAllBoundaries }
            }
    }

    /// Whether any layer has parameters.
    var hasLayersWithParameters: Bool { layers.contains { $0.hasParameters } }

    /// Whether the input's memory is written over.
    var overwritesInput: Bool { zip(layers, inputs).contains { $0.isInPlace && !$0.isView && $1 == 0 } }

    /// Whether the output's cotangent is written over on its way back, or the output is the input.
    var overwritesOutputCotangent: Bool { layers.last?.isInPlace ?? true }

    /// Whether the output does not depend on θ.
    func outputIsConstant(_ inputIsConstant: Bool) -> Bool { inputIsConstant && !hasLayersWithParameters }

    /// Every layer, those inside layers after the one that holds them; `Tile.leaves` are in the same order.
    var leaves: [any Layer<Element>] {
        layers.flatMap { layer in [layer] + layer.sequences.flatMap { $0.leaves } }
    }

    /// - Parameters:
    ///   - input: memory that arrives from outside.
    ///   - output: memory for what leaves; nil for new memory.
    func makeTile(
        input: Boundary<Element>, output: Boundary<Element>? = nil
    ) -> Tile<Element> {
        let directions = input.room
        var boundaries = [input]
        for (index, layer) in layers.enumerated() where !layer.isInPlace {
            let isLast = outputs[index] == widths.count - 1
            boundaries.append(
                isLast && output != nil
                    ? output!
                    : Boundary(
                        range: input.range, width: widths[outputs[index]], directions: directions,
                        isConstant: boundaries[inputs[index]].isConstant && !layer.hasParameters))
        }
        return Tile(
            boundaries: boundaries,
            layers: layers.indices.map { index in
                let from = boundaries[inputs[index]]
                let to = boundaries[outputs[index]]
                return LayerTile(
                    input: from, output: to, record: layers[index].makeRecord(input: from, output: to))
            })
    }

    // By index: a zipped or reversed sequence of existentials is memory anew in every pass.

    func forward(_ tile: Tile<Element>, _ point: Point<Element>) {
        for index in layers.indices { layers[index].forward(tile.layers[index], point) }
    }

    func backward(_ tile: Tile<Element>, _ point: Point<Element>) {
        for index in layers.indices.reversed() { layers[index].backward(tile.layers[index], point) }
    }

    func forwardTangent(_ tile: Tile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        for index in layers.indices { layers[index].forwardTangent(tile.layers[index], point, along: directions) }
    }

    func backwardTangent(_ tile: Tile<Element>, _ point: Point<Element>, along directions: Directions<Element>) {
        for index in layers.indices.reversed() {
            layers[index].backwardTangent(tile.layers[index], point, along: directions)
        }
    }
}

extension Sequential {
    /// A sequence as it grows.
    private struct Builder {
        var layers: [any Layer<Element>] = []
        var places: [Int] = []
        var inputs: [Int] = []
        var outputs: [Int] = []
        var widths: [Int]
        var shape: ExampleShape

        init(_ input: ExampleShape) {
            shape = input
            widths = [input.width]
        }

        mutating func append(_ layer: any Layer<Element>) {
            places.append(layers.count)
            add(layer)
        }

        /// Moves an image's axes where the next layer wants them otherwise.
        mutating func reorder(for order: AxisOrder?) {
            guard let order, shape.isImage, shape.ordered(order) != shape else { return }
            add(Reordering<Element>(shape, to: order))
        }

        private mutating func add(_ layer: any Layer<Element>) {
            shape = layer.outputShape
            inputs.append(widths.count - 1)
            if !layer.isInPlace { widths.append(shape.width) }
            outputs.append(widths.count - 1)
            layers.append(layer)
        }
    }
}

/// A part of the gradient that one task computes: which layer's, which of its pieces, and where it goes.
public struct GradientPiece: Sendable {
    /// Among the network's leaves.
    let layer: Int
    let piece: Int
    /// Stretches of the flat vector.
    public let ranges: [Range<Int>]
}

/// Some examples on their way through a sequence of layers.
struct Tile<Element: Scalar>: Sendable {
    let boundaries: [Boundary<Element>]
    let layers: [LayerTile<Element>]
    /// One for each of the sequence's leaves.
    let leaves: [LayerTile<Element>]

    init(boundaries: [Boundary<Element>], layers: [LayerTile<Element>]) {
        self.boundaries = boundaries
        self.layers = layers
        leaves = layers.flatMap { layer in [layer] + layer.record.parts.flatMap { $0.leaves } }
    }

    var input: Boundary<Element> { boundaries[0] }
    var output: Boundary<Element> { boundaries[boundaries.count - 1] }

    /// Numbers held, counting memory that two boundaries share twice.
    var elementCount: Int {
        boundaries.reduce(0) { $0 + ($1.values.rows + $1.cotangents.rows) * $1.width }
            + layers.reduce(0) { $0 + $1.record.elementCount }
    }
}
