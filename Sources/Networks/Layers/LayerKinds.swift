import Files
import LinearAlgebra

/// The one list of the kinds of layers.
enum LayerKinds {
    static func make<Element: Scalar>(
        _ description: LayerDescription, index: Int, input: [Int], parameters: inout ParameterLayout
    ) throws(Fault) -> any Layer<Element> {
        var reader = LayerReader(description, index: index)
        let layer: any Layer<Element>
        switch description.kind {
        case "flatten": layer = try Flatten<Element>(&reader, input: input, parameters: &parameters)
        case "linear": layer = try Linear<Element>(&reader, input: input, parameters: &parameters)
        case "relu", "leaky_relu", "tanh", "sigmoid", "silu", "gelu":
            layer = try Activation<Element>(&reader, input: input, parameters: &parameters)
        default:
            throw reader.fault(
                "is of a kind that this version cannot analyse",
                remedy: "It knows flatten, linear, relu, leaky_relu, tanh, sigmoid, silu and gelu")
        }
        try reader.finish()
        return layer
    }
}
