import LinearAlgebra
import Networks

/// A layer whose units can be recycled: all that a unit gives goes through one activation function into one weight.
///
/// So are the hidden layers of plain networks, the first convolution of a residual block and the inner layer of a
/// transformer's perceptron; what is added to something else on its way, or goes into attention, is none.
struct RecyclableLayer: Equatable {
    /// The layer that the units belong to.
    let name: String
    /// Normalisations between it and its activation function.
    let norms: [String]
    /// The activation function, as `Backpropagation.outputs(at:)` finds it.
    let activation: [Int]
    /// Channels or features.
    let units: Int
    /// Numbers that the activation function makes of each unit's one: 2 where it is `crelu`.
    let copies: Int
    /// The layer whose weight takes them.
    let next: String

    /// All of an architecture, in its order.
    static func all(in architecture: Architecture) -> [RecyclableLayer] { all(in: architecture.layers, path: []) }

    private static let activations: Set<String> = [
        "relu", "leaky_relu", "tanh", "sigmoid", "silu", "gelu", "crelu",
    ]
    /// What a unit's numbers pass through each for itself.
    private static let transparent: Set<String> = ["flatten", "max_pool2d", "avg_pool2d", "global_avg_pool", "dropout"]

    private static func all(in layers: [LayerDescription], path: [Int]) -> [RecyclableLayer] {
        var found: [RecyclableLayer] = []
        var open: Open?
        for (place, layer) in layers.enumerated() {
            if layer.hasWeight, let name = layer.name {
                if let closed = open?.closed(by: name) { found.append(closed) }
                open = layer.integer("out").map { Open(name: name, units: $0) }
            } else if activations.contains(layer.kind) {
                open?.take(layer.kind, at: path + [place])
            } else if layer.isChannelNorm(units: open?.units), open?.activation == nil, let name = layer.name {
                open?.norms.append(name)
            } else if !transparent.contains(layer.kind) {
                open = nil
            }
            for (number, list) in layer.lists.enumerated() { found += all(in: list, path: path + [place, number]) }
        }
        return found
    }

    /// A layer whose units' way is followed.
    private struct Open {
        let name: String
        let units: Int
        var norms: [String] = []
        var activation: [Int]?
        var copies = 1

        mutating func take(_ kind: String, at path: [Int]) {
            activation = path
            if kind == "crelu" { copies *= 2 }
        }

        func closed(by next: String) -> RecyclableLayer? {
            // A second doubling would put the copies in another order.
            guard let activation, copies <= 2 else { return nil }
            return RecyclableLayer(
                name: name, norms: norms, activation: activation, units: units, copies: copies, next: next)
        }
    }
}

extension LayerDescription {
    /// Whether this is a norm whose scale and shift have whole stretches that are each one unit's.
    fileprivate func isChannelNorm(units: Int?) -> Bool {
        switch kind {
        case "group_norm", "batch_norm2d": true
        case "layer_norm": if case .integers(let shape)? = keys["shape"] { shape.first == units } else { false }
        default: false
        }
    }
}

extension RecyclableLayer {
    /// Each unit's mean |h| over all examples and positions, divided by the mean over the layer's units.
    ///
    /// Sokar et al. 2023, definition 3.1; the sums are in double precision, and zero for all units of a layer that is
    /// silent.
    func scores(_ passes: Backpropagation<Float>) -> [Double] {
        let (tiles, shape) = passes.outputs(at: activation)
        let channels = copies * units
        let isChannelMajor = shape.isImage && shape.order == .asWritten
        let positions = shape.width / channels
        var sums = [Double](repeating: 0, count: units)
        for tile in tiles {
            for row in 0..<tile.rows {
                for (index, value) in tile.row(row).array.enumerated() {
                    let channel = isChannelMajor ? index / positions : index % channels
                    sums[channel % units] += Double(abs(value))
                }
            }
        }
        let mean = sums.reduce(0, +) / Double(units)
        return mean == 0 ? sums : sums.map { $0 / mean }
    }

    /// The numbers of the tensor `count` that belong to `unit` as an output of its layer: its row, its bias, its part
    /// of a norm.
    func incoming(_ unit: Int, of count: Int) -> Range<Int> {
        let length = count / units
        return unit * length..<(unit + 1) * length
    }

    /// The numbers of the next layer's weight `[rows, …]` that `unit` goes into, a stretch a row and copy.
    func outgoing(_ unit: Int, of count: Int, rows: Int) -> [Range<Int>] {
        let width = count / rows
        let length = width / (copies * units)
        return (0..<rows).flatMap { row in
            (0..<copies).map { copy in
                let start = row * width + (copy * units + unit) * length
                return start..<start + length
            }
        }
    }
}
