/// Operations (a multiplication and an addition are two) of the matrix products that a network consists of, for one
/// example; derived from its layers as they are written. Elementwise work, biases and norms are not counted.
public struct OperationCount: Sendable {
    /// One product of a layer in a forward pass.
    private struct Product {
        let forward: Double
        /// No parameter comes before it: neither its tangent nor its cotangent is needed.
        let isInputConstant: Bool
        /// Of a weight: rows that meet it (an image's positions, a text's tokens), and its sides.
        var weight: (rows: Double, inputs: Double, outputs: Double)?
    }

    private var products: [Product] = []
    private var isConstant = true

    public init(_ architecture: Architecture) {
        _ = count(architecture.layers, architecture.input)
    }

    /// F, of one forward pass.
    public var forward: Double { sum(constant: 1, other: 1) }

    /// Of a gradient: F, the cotangents' F, the gradients' F.
    public var gradient: Double { sum(constant: 2, other: 3) }

    /// J v at a point whose activations are known: z = W x has ż = V x + W ẋ, 2 F; where x is constant V x alone.
    public var jacobianProduct: Double { sum(constant: 1, other: 2) }

    /// Jᵀ u likewise: δx = Wᵀ δz and δz xᵀ.
    public var jacobianTransposeProduct: Double { sum(constant: 1, other: 2) }

    /// Of one product with a curvature matrix, at a point whose activations and cotangents are known.
    ///
    /// z = W x has ż = V x + W ẋ, x̄̇ = Vᵀ z̄ + Wᵀ z̄̇ and W̄̇ = z̄̇ xᵀ + z̄ ẋᵀ: 6 F, of which terms of first order are 4 F.
    /// Where x is constant, V x and z̄̇ xᵀ are left: 2 F. Attention's q kᵀ and a v, products of two variables, have as many.
    public func product(_ curvature: Curvature) -> Double {
        switch curvature.order {
        case .first: sum(constant: 2, other: 4)
        case .second: sum(constant: 2, other: 6)
        }
    }

    /// Of the inner products of `examples` gradients: each layer in the cheaper of two ways, for half of the matrix.
    ///
    /// Pairs of rows, Σ (x·x′)(z̄·z̄′), take T² n² (in + out); gradients that are formed, and then multiplied, n F + n² in·out.
    public func innerProducts(examples: Int) -> Double {
        let n = Double(examples)
        return products.reduce(0) { sum, product in
            guard let weight = product.weight else { return sum }
            let pairs = weight.rows * weight.rows * n * n * (weight.inputs + weight.outputs)
            return sum + min(pairs, n * product.forward + n * n * weight.inputs * weight.outputs)
        }
    }

    private func sum(constant: Double, other: Double) -> Double {
        products.reduce(0) { $0 + ($1.isInputConstant ? constant : other) * $1.forward }
    }
}

extension OperationCount {
    private mutating func count(_ layers: [LayerDescription], _ input: [Int]) -> [Int] {
        layers.reduce(input) { count($1, $0) }
    }

    /// Counts a layer on examples of shape `input`; the result is the shape of its outputs.
    private mutating func count(_ layer: LayerDescription, _ input: [Int]) -> [Int] {
        switch layer.kind {
        case "flatten": return [input.reduce(1, *)]
        case "tokens": return [input[1] * input[2], input[0]]
        case "global_avg_pool": return [input[0]]
        case "select_token", "mean_tokens": return [input[1]]
        case "class_token":
            isConstant = false
            return [input[0] + 1, input[1]]
        case "position_embedding", "layer_norm", "group_norm", "batch_norm2d":
            isConstant = false
            return input
        case "max_pool2d", "avg_pool2d":
            return [input[0]] + layer.windows(over: input, usualStride: layer.integer("kernel"))
        case "crelu":
            return input.count == 3 ? [2 * input[0]] + input[1...] : input.dropLast() + [2 * input[input.count - 1]]
        case "linear":
            let output = layer.integer("out")
            addWeight(rows: input.dropLast().reduce(1, *), inputs: layer.integer("in"), outputs: output)
            return input.dropLast() + [output]
        case "conv2d":
            let windows = layer.windows(over: input, usualStride: 1)
            let kernel = layer.integer("kernel")
            let output = layer.integer("out")
            addWeight(rows: windows[0] * windows[1], inputs: input[0] * kernel * kernel, outputs: output)
            return [output] + windows
        case "attention":
            addAttention(tokens: input[0], width: input[1])
            return input
        case "residual": return countResidual(layer, input)
        default: return input
        }
    }

    private mutating func countResidual(_ layer: LayerDescription, _ input: [Int]) -> [Int] {
        let wasConstant = isConstant
        let output = count(layer.layers("body"), input)
        let isBodyConstant = isConstant
        isConstant = wasConstant
        _ = count(layer.layers("shortcut"), input)
        isConstant = isConstant && isBodyConstant
        return output
    }

    private mutating func addWeight(rows: Int, inputs: Int, outputs: Int) {
        products.append(
            Product(
                forward: 2 * Double(rows * inputs * outputs), isInputConstant: isConstant,
                weight: (Double(rows), Double(inputs), Double(outputs))))
        isConstant = false
    }

    /// q, k and v; q kᵀ and a v, whatever the number of heads; the projection.
    private mutating func addAttention(tokens: Int, width: Int) {
        addWeight(rows: tokens, inputs: width, outputs: 3 * width)
        for _ in 0..<2 {
            products.append(Product(forward: 2 * Double(tokens * tokens * width), isInputConstant: false))
        }
        addWeight(rows: tokens, inputs: width, outputs: width)
    }
}

extension LayerDescription {
    /// The key's number, or 0: `Network` has refused descriptions that lack what they need.
    fileprivate func integer(_ key: String) -> Int {
        if case .integer(let value) = keys[key] { value } else { 0 }
    }

    fileprivate func layers(_ key: String) -> [LayerDescription] {
        if case .layers(let value) = keys[key] { value } else { [] }
    }

    /// How many places a window has, in rows and columns.
    fileprivate func windows(over input: [Int], usualStride: Int) -> [Int] {
        let stride = keys["stride"] == nil ? usualStride : integer("stride")
        return input[1...].map { ($0 + 2 * integer("padding") - integer("kernel")) / stride + 1 }
    }
}
