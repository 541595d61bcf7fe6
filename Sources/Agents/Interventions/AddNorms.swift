import Files
import Networks

/// `layer-norm`: layer norm after each convolution and fully connected layer but the last, over all of an example,
/// before the activation: as the presets' option `layer_norm` has it.
struct AddLayerNorm: Intervention {
    static let name = "layer-norm"
    static let summary = "layer norm after each convolution and fully connected layer but the last"
    static let source = "Lyle et al. 2023, figure 6"

    init(_ constants: InterventionConstants) throws(Fault) {}

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        var architecture = configuration.architecture
        try Self.requirePlain(architecture)
        if let found = architecture.layers.first(where: { $0.kind.hasSuffix("norm") || $0.kind == "batch_norm2d" }) {
            throw Self.conflict(
                "finds a network that is normalised already (\(found.kind) \(found.name ?? ""))",
                remedy: "Leave out the intervention, or the network's own norm (--layer-norm)")
        }
        let shapes = try Network<Float>(architecture).outputShapes
        for (number, place) in architecture.weightPlaces.dropLast().enumerated().reversed() {
            architecture.layers.insert(
                LayerDescription(
                    "layer_norm", ["name": .text("ln\(number + 1)"), "shape": .integers(shapes[place])]),
                at: place + 1)
        }
        configuration.architecture = architecture
    }

    func isMade(in configuration: RunConfiguration) -> Bool {
        let layers = configuration.architecture.allLayers
        return layers.contains { $0.kind == "layer_norm" } || layers.count { $0.hasWeight } < 2
    }
}

/// `spectral-norm`: spectral norm on the first fully connected layer, as the presets' option `spectral_norm` has it.
struct AddSpectralNorm: Intervention {
    static let name = "spectral-norm"
    static let summary = "spectral norm on the first fully connected layer"
    static let source = "Miyato et al. 2018; Lyle et al. 2023, figure 6"

    init(_ constants: InterventionConstants) throws(Fault) {}

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        let layers = configuration.architecture.layers
        try Self.requirePlain(configuration.architecture)
        guard let place = layers.firstIndex(where: { $0.kind == "linear" }) else {
            throw Self.conflict("finds no fully connected layer", remedy: "Take mlp, cnn or nature for it")
        }
        if layers.contains(where: \.hasSpectralNorm) {
            throw Self.conflict(
                "finds a network with a spectral norm already",
                remedy: "Leave out the intervention, or the network's own norm (--spectral-norm)")
        }
        configuration.architecture.layers[place].keys["spectral_norm"] = .flag(true)
    }

    func isMade(in configuration: RunConfiguration) -> Bool {
        configuration.architecture.allLayers.contains(where: \.hasSpectralNorm)
    }
}

extension LayerDescription {
    var hasSpectralNorm: Bool { keys["spectral_norm"] == .flag(true) }
}
