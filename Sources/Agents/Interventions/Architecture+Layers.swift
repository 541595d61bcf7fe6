import Files
import Networks

extension LayerDescription {
    /// What has a weight and a bias: what an initialisation draws, and a unit owns a row of.
    var hasWeight: Bool { kind == "linear" || kind == "conv2d" }

    var name: String? { if case .text(let name)? = keys["name"] { name } else { nil } }

    func integer(_ key: String) -> Int? { if case .integer(let value)? = keys[key] { value } else { nil } }

    /// The layers inside, list by list.
    var lists: [[LayerDescription]] {
        ["body", "shortcut"].compactMap { if case .layers(let layers)? = keys[$0] { layers } else { nil } }
    }

    /// The layer and all inside it.
    var all: [LayerDescription] { [self] + lists.joined().flatMap(\.all) }
}

extension Architecture {
    /// Every layer, those inside others after the one that holds them.
    var allLayers: [LayerDescription] { layers.flatMap(\.all) }

    /// Kinds that keep a network a plain row of layers, a unit in one being an input of the next.
    private static let plainKinds: Set<String> = [
        "flatten", "linear", "conv2d", "relu", "leaky_relu", "tanh", "sigmoid", "silu", "gelu", "crelu", "max_pool2d",
        "avg_pool2d", "global_avg_pool", "layer_norm", "group_norm", "batch_norm2d", "dropout",
    ]

    /// The kind of the first layer that makes this more than a plain row of layers; nil where none does.
    var firstBranch: String? { layers.first { !Self.plainKinds.contains($0.kind) }?.kind }

    /// Where among `layers` the convolutions and fully connected layers stand.
    var weightPlaces: [Int] { layers.indices.filter { layers[$0].hasWeight } }

    /// The names of the layers that give the outputs: the last convolution or fully connected layer, of each branch
    /// where the network ends in several.
    var lastLayers: [String] { Self.lastLayers(layers) }

    private static func lastLayers(_ layers: [LayerDescription]) -> [String] {
        guard let last = layers.last(where: { layer in layer.all.contains { $0.hasWeight } }) else { return [] }
        return last.hasWeight ? [last.name].compactMap { $0 } : last.lists.flatMap { lastLayers($0) }
    }

    /// The parameters of the layers `names`.
    static func tensors(of names: [String]) -> Set<String> { Set(names.flatMap { [$0 + ".weight", $0 + ".bias"] }) }
}

extension Intervention {
    /// - Throws: `Fault` of kind `usage` for a network with branches or tokens.
    static func requirePlain(_ architecture: Architecture) throws(Fault) {
        guard let kind = architecture.firstBranch else { return }
        throw conflict(
            "is for plain rows of convolutions and fully connected layers, and this network has a layer '\(kind)'",
            remedy: "Take mlp, cnn or nature for it; where plasticity-injection makes branches, give that one last")
    }
}
