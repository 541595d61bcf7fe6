public import Files
public import LinearAlgebra

/// `residual`: y = body(x) + shortcut(x), two lists of layers; an empty shortcut is the identity.
///
/// Its derivatives are those of the layers inside. The body works in the residual's own input and output wherever its
/// first and last layers leave them whole.
///
/// Source: He et al. 2016, "Deep residual learning for image recognition".
public struct Residual<Element: Scalar>: Layer {
    private let body: Sequential<Element>
    /// Nil for the identity.
    private let shortcut: Sequential<Element>?

    public var outputShape: ExampleShape { body.outputShape }
    public var sequences: [Sequential<Element>] { [body] + (shortcut.map { [$0] } ?? []) }
    public var hasParameters: Bool { sequences.contains { $0.hasLayersWithParameters } }

    public init(_ reader: inout LayerReader, input: ExampleShape, parameters: inout ParameterLayout) throws(Fault) {
        let bodyLayers = try reader.layers("body")
        let shortcutLayers = try reader.layers("shortcut", default: [])
        guard !bodyLayers.isEmpty else { throw reader.fault("has an empty body", remedy: "Leave the layer out") }
        body = try Sequential(bodyLayers, input: input, path: reader.path + ".body.", parameters: &parameters)
        let other: Sequential<Element>? =
            shortcutLayers.isEmpty && body.outputShape.order == input.order
            ? nil
            : try Sequential(
                shortcutLayers, input: input, path: reader.path + ".shortcut.", endingIn: body.outputShape.order,
                parameters: &parameters)
        shortcut = other
        let shortcutShape = other?.outputShape ?? input
        guard body.outputShape.extents == shortcutShape.extents else {
            throw reader.fault(
                "adds a body of shape \(body.outputShape.extents) and a shortcut of shape \(shortcutShape.extents)",
                remedy: "Correct one of them so that both give the same shape")
        }
    }

    public func makeRecord(input: Boundary<Element>, output: Boundary<Element>) -> LayerRecord<Element> {
        let sharesOutput =
            !body.overwritesOutputCotangent && body.outputIsConstant(input.isConstant) == output.isConstant
        let bodyTile = body.makeTile(
            input: body.overwritesInput ? input.twin() : input, output: sharesOutput ? output : nil)
        guard let shortcut else { return LayerRecord(parts: [bodyTile]) }
        // Its value is the input's own where the shortcut leaves that whole; its cotangent is added to the body's.
        let own = shortcut.overwritesInput ? input.twin() : input.sharingValues()
        return LayerRecord(parts: [bodyTile, shortcut.makeTile(input: own, output: nil)])
    }

    public func forward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        let y = tile.output.value
        for (part, sequence) in zip(tile.record.parts, sequences) {
            part.input.value.assign(tile.input.value)
            sequence.forward(part, point)
        }
        y.assign(tile.record.parts[0].output.value)
        y.elements.add(1, (shortcutTile(tile)?.output ?? tile.input).value.elements)
    }

    public func backward(_ tile: LayerTile<Element>, _ point: Point<Element>) {
        guard !tile.output.isConstant else { return }
        let dy = tile.output.cotangent
        for (part, sequence) in zip(tile.record.parts, sequences) where !part.output.isConstant {
            part.output.cotangent.assign(dy)
            sequence.backward(part, point)
        }
        guard !tile.input.isConstant else { return }
        tile.input.cotangent.assign(tile.record.parts[0].input.cotangent)
        tile.input.cotangent.elements.add(1, (shortcutTile(tile)?.input.cotangent ?? dy).elements)
    }

    public func forwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        let count = directions.count
        for (part, sequence) in zip(tile.record.parts, sequences) {
            if !tile.input.isConstant { part.input.tangents(count).assign(tile.input.tangents(count)) }
            sequence.forwardTangent(part, point, along: directions)
        }
        guard !tile.output.isConstant else { return }
        let y = tile.output.tangents(count)
        let bodyOutput = tile.record.parts[0].output
        if bodyOutput.isConstant { y.fill(0) } else { y.assign(bodyOutput.tangents(count)) }
        let other = shortcutTile(tile)?.output ?? tile.input
        if !other.isConstant { y.elements.add(1, other.tangents(count).elements) }
    }

    public func backwardTangent(
        _ tile: LayerTile<Element>, _ point: Point<Element>, along directions: Directions<Element>
    ) {
        let count = directions.count
        guard !tile.output.isConstant else { return }
        let dy = tile.output.cotangentTangents(count)
        for (part, sequence) in zip(tile.record.parts, sequences) where !part.output.isConstant {
            part.output.cotangentTangents(count).assign(dy)
            sequence.backwardTangent(part, point, along: directions)
        }
        guard !tile.input.isConstant else { return }
        let dx = tile.input.cotangentTangents(count)
        dx.assign(tile.record.parts[0].input.cotangentTangents(count))
        dx.elements.add(1, (shortcutTile(tile)?.input.cotangentTangents(count) ?? dy).elements)
    }

    private func shortcutTile(_ tile: LayerTile<Element>) -> Tile<Element>? {
        shortcut == nil ? nil : tile.record.parts[1]
    }
}

extension Boundary {
    /// Memory of its own for the same examples.
    fileprivate func twin() -> Boundary {
        Boundary(range: range, width: width, directions: room, isConstant: isConstant)
    }

    /// The same values, with cotangents of its own.
    fileprivate func sharingValues() -> Boundary {
        Boundary(
            values: values, cotangents: Matrix(rows: cotangents.rows, columns: width), range: range,
            room: room, isConstant: isConstant)
    }
}
