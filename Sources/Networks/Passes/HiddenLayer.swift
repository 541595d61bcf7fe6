public import LinearAlgebra

/// A place inside a network where activations can be looked at.
public struct HiddenLayer: Sendable, Equatable {
    /// What stands there.
    public enum Role: Sendable, Equatable {
        /// Units: numbers that an activation function gave.
        case units(ActivationKind)
        /// The sum of a residual layer, where no activation function follows it.
        case residual
        /// What the last layer with parameters takes, where that is none of the others.
        case features
    }

    /// Unique in a network: that of the layer before an activation and of the function (`fc1.relu`), or the layer's
    /// number in the architecture (`3.relu`, `3.body.1.relu`, `3.residual`).
    public let name: String
    public let role: Role
    /// Of one example.
    public let shape: ExampleShape
    /// Whether this is what the last layer with parameters takes, as it is or flattened: the penultimate features.
    public let isPenultimate: Bool
    /// Among the network's leaves; the layer whose input (`features`) or output (the others) is meant.
    let leaf: Int

    /// Numbers of one example that share their weights, one at each place: positions of an image, tokens; else 1.
    public var positions: Int {
        switch shape.extents.count {
        case 3: shape.extents[1] * shape.extents[2]
        case 2: shape.extents[0]
        default: 1
        }
    }

    /// Feature maps of an image, features of a token, or units: what has weights of its own.
    public var channels: Int { shape.width / max(1, positions) }

    /// Whether a channel's numbers touch one another in memory; else those of a position do.
    public var isChannelMajor: Bool { shape.isImage && shape.order == .asWritten && positions > 1 && channels > 1 }
}

/// A layer whose outputs are units of an activation function.
protocol UnitLayer {
    var unitKind: ActivationKind { get }
}

extension Activation: UnitLayer {
    var unitKind: ActivationKind { kind }
}

/// Both halves are units of rectifiers.
extension PairedRectifier: UnitLayer {
    var unitKind: ActivationKind { .relu }
}

extension Network {
    /// Where activations can be looked at, in the order of the layers: all activation functions, those inside other
    /// layers too; all residual sums that no activation function follows; and the penultimate features.
    ///
    /// What happens inside attention is not among them: its weights are no units.
    public var hiddenLayers: [HiddenLayer] {
        var walk = HiddenLayerWalk<Element>()
        walk.visit(layers, architecture.layers, path: "", input: ExampleShape(architecture.input))
        return walk.finished()
    }
}

/// Goes through a network's layers and their descriptions side by side.
private struct HiddenLayerWalk<Element: Scalar> {
    private var found: [HiddenLayer] = []
    private var leaf = 0
    /// The last layer of the network itself that has parameters.
    private var head: (leaf: Int, input: ExampleShape)?
    /// Which of those found is the input of the layer to come, as it is or flattened.
    private var current: Int?
    private var source: Int?

    mutating func visit(
        _ sequence: Sequential<Element>, _ descriptions: [LayerDescription], path: String, input: ExampleShape
    ) {
        var shape = input
        var name: String?
        // Layers inside another work on memory of their own: what was before it stays.
        current = nil
        for (index, layer) in sequence.layers.enumerated() {
            // What was put between two layers of the architecture has no description.
            let number = sequence.places.firstIndex(of: index)
            let description = number.flatMap { descriptions.indices.contains($0) ? descriptions[$0] : nil }
            let place = path + (number.map(String.init) ?? "")
            let own = leaf
            leaf += 1
            if path.isEmpty && layer.hasParameters {
                head = (own, shape)
                source = current
            }
            let before = current
            visitInside(layer, description, place: place, input: shape)
            shape = layer.outputShape
            // Flattening leaves the features of one place as they are, and makes new ones of many.
            current = before.flatMap { layer.isView && found[$0].positions == 1 ? $0 : nil }
            if case .text(let text)? = description?.keys["name"] { name = text }
            if let units = layer as? any UnitLayer {
                // In place: the sum that it was given is no more.
                if layer.isInPlace, let before, found[before].role == .residual { found.remove(at: before) }
                let kind = description?.kind ?? "units"
                add(
                    name.map { "\($0).\(kind)" } ?? "\(place).\(kind)", or: "\(place).\(kind)", own, shape,
                    .units(units.unitKind))
                name = nil
            } else if description?.kind == "residual" {
                add("\(place).residual", or: "\(place).residual", own, shape, .residual)
                name = nil
            }
        }
    }

    private mutating func visitInside(
        _ layer: any Layer<Element>, _ description: LayerDescription?, place: String, input: ExampleShape
    ) {
        for (part, inner) in layer.sequences.enumerated() {
            let key = part == 0 ? "body" : "shortcut"
            if description?.kind == "residual", case .layers(let inside)? = description?.keys[key] {
                visit(inner, inside, path: "\(place).\(key).", input: input)
            } else {
                leaf += inner.leaves.count
            }
        }
    }

    private mutating func add(
        _ name: String, or other: String, _ leaf: Int, _ shape: ExampleShape, _ role: HiddenLayer.Role
    ) {
        let isTaken = found.contains { $0.name == name }
        found.append(
            HiddenLayer(name: isTaken ? other : name, role: role, shape: shape, isPenultimate: false, leaf: leaf))
        current = found.count - 1
    }

    /// Those found, with the penultimate features marked or added at the end.
    func finished() -> [HiddenLayer] {
        guard let head else { return found }
        var layers = found
        if let source {
            let layer = layers[source]
            layers[source] = HiddenLayer(
                name: layer.name, role: layer.role, shape: layer.shape, isPenultimate: true, leaf: layer.leaf)
        } else {
            layers.append(
                HiddenLayer(
                    name: "features", role: .features, shape: head.input, isPenultimate: true, leaf: head.leaf))
        }
        return layers
    }
}

extension Backpropagation {
    /// What stands at `layer` after the last forward pass, `[n, width]` for each tile in the order of the examples.
    ///
    /// Views, good until the next `load`.
    public func values(at layer: HiddenLayer) -> [Matrix<Element>] {
        tiles.map { tile in
            let part = tile.leaves[layer.leaf]
            return layer.role == .features ? part.input.value : part.output.value
        }
    }
}
