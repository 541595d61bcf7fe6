import LinearAlgebra
import Networks

/// Layers on tokens, `[tokens, features]`.
extension ArchitectureBuilder {
    /// Tokens of an image: of its patches, or of its pixels as they are.
    mutating func patches() {
        if chance(4) {
            append("tokens", shape: [shape[1] * shape[2], shape[0]])
            return
        }
        let patch = size(1...min(3, shape[1], shape[2]))
        convolution(out: features(1...6), kernel: patch, stride: patch)
        append("tokens", shape: [shape[1] * shape[2], shape[0]])
    }

    mutating func classToken() {
        append(
            "class_token", ["name": name("class"), "dim": .integer(shape[1])], shape: [shape[0] + 1, shape[1]])
    }

    mutating func positions() {
        append(
            "position_embedding",
            ["name": name("positions"), "tokens": .integer(shape[0]), "dim": .integer(shape[1])])
    }

    mutating func attention() {
        let heads = pick((1...shape[1]).filter { shape[1] % $0 == 0 })
        append("attention", ["name": name("attn"), "dim": .integer(shape[1]), "heads": .integer(heads)])
    }

    /// One block of a transformer: attention and a perceptron, each in a branch of its own (mostly) with its norm.
    mutating func block() {
        residual(
            { builder in
                if !builder.chance(4) { builder.layerNorm(trailing: builder.chance(4) ? 2 : 1) }
                builder.attention()
            },
            project: { builder, shape in builder.linear(out: shape[1]) })
        residual(
            { builder in
                if !builder.chance(4) { builder.layerNorm() }
                let width = builder.shape[1]
                builder.linear(out: builder.size(1...8))
                builder.activation()
                builder.doubling()
                builder.linear(out: width)
            },
            project: { builder, shape in builder.linear(out: shape[1]) })
    }

    /// One row of the tokens.
    mutating func reduceTokens() {
        switch pick(["select", "first", "mean", "flatten"]) {
        case "select": append("select_token", ["index": .integer(size(0...shape[0] - 1))], shape: [shape[1]])
        case "first": append("select_token", shape: [shape[1]])
        case "mean": append("mean_tokens", shape: [shape[1]])
        default: flatten()
        }
    }
}
