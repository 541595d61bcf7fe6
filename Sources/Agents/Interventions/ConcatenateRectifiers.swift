import Files
import Networks

/// `crelu`: every rectifier becomes [max(x, 0), max(−x, 0)], and what comes after it has twice the inputs; as the
/// presets' option `crelu` has it.
struct ConcatenateRectifiers: Intervention {
    static let name = "crelu"
    static let summary = "concatenated rectifiers, [max(x, 0), max(−x, 0)], in place of rectifiers"
    static let source = "Abbas et al. 2023; Shang et al. 2016"

    init(_ constants: InterventionConstants) throws(Fault) {}

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        try Self.requirePlain(configuration.architecture)
        var layers = configuration.architecture.layers
        if layers.contains(.crelu) {
            throw Self.conflict(
                "finds concatenated rectifiers already",
                remedy: "Leave out the intervention, or the network's own rectifiers (--crelu)")
        }
        guard layers.contains(.relu) else {
            throw Self.conflict("finds no rectifier to replace", remedy: "Take mlp, cnn or nature for it")
        }
        var isDoubled = false
        for place in layers.indices {
            if layers[place] == .relu {
                guard !isDoubled else { throw unfit(layers[place]) }
                layers[place] = .crelu
                isDoubled = true
            } else if isDoubled, layers[place].hasWeight, let inputs = layers[place].integer("in") {
                layers[place].keys["in"] = .integer(2 * inputs)
                isDoubled = false
            } else if isDoubled, layers[place].name != nil {
                throw unfit(layers[place])
            }
        }
        // The outputs would be doubled.
        guard !isDoubled else { throw unfit(.relu) }
        configuration.architecture.layers = layers
    }

    func isMade(in configuration: RunConfiguration) -> Bool {
        configuration.architecture.allLayers.contains(.crelu)
    }

    private func unfit(_ layer: LayerDescription) -> Fault {
        Self.conflict(
            "finds '\(layer.kind)\(layer.name.map { " " + $0 } ?? "")' between a rectifier and the next weight",
            remedy: "Let a convolution or a fully connected layer follow each rectifier, but for pooling and flatten")
    }
}
