import Networks

/// The tensors of an architecture by the contract's table of kinds, read off the descriptions alone: an oracle that
/// knows nothing of the layers that run.
struct TensorRule {
    private(set) var parameters: [(name: String, shape: [Int])] = []
    private(set) var buffers: [String] = []

    init(_ layers: [LayerDescription]) {
        for layer in layers { add(layer) }
    }

    var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.reduce(1, *) } }

    /// The names of parameters and buffers.
    var names: Set<String> { Set(parameters.map(\.name) + buffers) }

    private mutating func add(_ layer: LayerDescription) {
        let name = layer.text("name")
        switch layer.kind {
        case "linear":
            weighted(layer, name, [layer.size("out"), layer.size("in")])
        case "conv2d":
            weighted(layer, name, [layer.size("out"), layer.size("in"), layer.size("kernel"), layer.size("kernel")])
        case "layer_norm": affine(name, layer.sizes("shape"))
        case "group_norm": affine(name, [layer.size("channels")])
        case "batch_norm2d":
            affine(name, [layer.size("channels")])
            buffers += [name + ".running_mean", name + ".running_var"]
        case "class_token": parameters.append((name, [1, 1, layer.size("dim")]))
        case "position_embedding": parameters.append((name, [1, layer.size("tokens"), layer.size("dim")]))
        case "attention":
            let width = layer.size("dim")
            parameters += [
                (name + ".qkv.weight", [3 * width, width]), (name + ".qkv.bias", [3 * width]),
                (name + ".proj.weight", [width, width]), (name + ".proj.bias", [width]),
            ]
        case "residual":
            for inner in layer.layers("body") + layer.layers("shortcut") { add(inner) }
        default: break
        }
    }

    private mutating func weighted(_ layer: LayerDescription, _ name: String, _ shape: [Int]) {
        parameters.append((name + ".weight", shape))
        if layer.keys["bias"] != .flag(false) { parameters.append((name + ".bias", [shape[0]])) }
        if layer.keys["spectral_norm"] == .flag(true) { buffers += [name + ".weight_u", name + ".weight_v"] }
    }

    private mutating func affine(_ name: String, _ shape: [Int]) {
        parameters += [(name + ".weight", shape), (name + ".bias", shape)]
    }
}

extension LayerDescription {
    func text(_ key: String) -> String { if case .text(let text)? = keys[key] { text } else { "" } }
    func size(_ key: String) -> Int { if case .integer(let size)? = keys[key] { size } else { 0 } }
    func sizes(_ key: String) -> [Int] { if case .integers(let sizes)? = keys[key] { sizes } else { [] } }
    func layers(_ key: String) -> [LayerDescription] { if case .layers(let list)? = keys[key] { list } else { [] } }
}
