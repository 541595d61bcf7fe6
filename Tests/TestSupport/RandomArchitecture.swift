import LinearAlgebra
public import Networks

/// Kinds of networks that random ones are drawn from; together they have every kind of layer.
public enum ArchitectureFamily: String, Sendable, CaseIterable {
    /// Linear layers, activations, normalisation and spectral norms on one row.
    case mlp
    /// Branches of linear layers inside one another, on one row, on tokens and on images' last dimension.
    case branches
    /// Convolutions and pools of any geometry, normalised, on images of odd sizes.
    case cnn
    /// Branches of convolutions inside one another.
    case resnet
    /// Patches, class tokens, positions, and blocks of attention and perceptrons.
    case vit
}

extension ArchitectureFamily {
    /// A network of the family that `seed` decides, of at most `mostParameters`.
    public func architecture(
        seed: UInt64, isSmooth: Bool, mostParameters: Int = 1500
    ) throws -> Architecture {
        for attempt in 0..<1000 {
            let source = RandomSource(seed: seed, stream: "\(rawValue) \(attempt)")
            var builder = ArchitectureBuilder(source, isSmooth: isSmooth)
            builder.shape = input(&builder)
            let input = builder.shape
            fill(&builder)
            let architecture = Architecture(input: input, layers: builder.layers)
            guard builder.hasParameters else { continue }
            let count = try Network<Double>(architecture).layout.count
            if count <= mostParameters { return architecture }
        }
        preconditionFailure("no small network among a thousand of \(rawValue)")
    }

    private func input(_ builder: inout ArchitectureBuilder) -> [Int] {
        switch self {
        case .mlp: [builder.size(1...9)]
        case .branches:
            builder.pick([
                [builder.size(1...7)], [builder.size(1...4), builder.size(1...5)],
                [builder.size(1...3), builder.size(1...3), builder.size(1...4)],
            ])
        case .cnn:
            [builder.features(1...4), builder.size(1...9), builder.size(builder.chance(6) ? 10...40 : 1...9)]
        case .resnet: [builder.features(1...4), builder.size(1...9), builder.size(1...9)]
        case .vit: [builder.features(1...4), builder.size(1...6), builder.size(1...6)]
        }
    }

    private func fill(_ builder: inout ArchitectureBuilder) {
        switch self {
        case .mlp: builder.fillPerceptron()
        case .branches: builder.fillBranches()
        case .cnn: builder.fillConvolutions()
        case .resnet: builder.fillImageBranches()
        case .vit: builder.fillTransformer()
        }
    }
}

/// Each family's networks, from the input's shape to a row of outputs.
extension ArchitectureBuilder {
    mutating func fillPerceptron() {
        // A leading activation acts on the data alone, before anything depends on a parameter.
        if chance(4) { activation() }
        doubling()
        if chance(6) { layerNorm() }
        for _ in 0..<size(1...4) {
            linear(out: chance(8) ? size(21...70) : size(1...20))
            if chance(3) { layerNorm() }
            if !chance(4) { activation() }
            doubling()
            if chance(6) { append("dropout", ["p": .number(0.5)]) }
        }
        head()
    }

    mutating func fillBranches() {
        if chance(3) { activation() }
        for _ in 0..<size(1...3) {
            linearResidual(depth: 3)
            doubling()
            if chance(2) { activation() }
            if chance(3) { linear(out: size(1...5)) }
        }
        if chance(3) { activation() }
        if shape.count > 1 || chance(3) { flatten() }
        if !chance(4) { head() }
        // What is left without one parameter gets some.
        if width < 2 || chance(4) { linearResidual(depth: 1) }
        if width < 2 { head() }
    }

    mutating func fillConvolutions() {
        // Before any parameter: what lies on constant images has neither tangent nor cotangent.
        if chance(5) { activation() }
        doubling()
        if chance(5) { pool() }
        if chance(6) { imageNorm() }
        for _ in 0..<size(1...4) {
            switch pick(["conv", "conv", "conv", "pool", "norm", "linear"]) {
            case "pool": pool()
            case "norm": imageNorm()
            case "linear": linear(out: size(1...4))
            default:
                convolution()
                if chance(2) { imageNorm() }
            }
            if chance(2) { activation() }
            doubling()
        }
        reduceImage()
    }

    mutating func fillImageBranches() {
        if chance(2) {
            convolution()
            if chance(2) { activation() }
        }
        for _ in 0..<size(1...2) {
            imageResidual(depth: 2)
            if chance(2) { activation() }
        }
        reduceImage()
    }

    mutating func fillTransformer() {
        patches()
        if chance(2) { classToken() }
        if chance(2) { positions() }
        for _ in 0..<size(1...2) { block() }
        if chance(3) { activation() }
        if chance(2) { layerNorm() }
        if chance(3) { linear(out: size(1...4)) }
        reduceTokens()
        if width < 2 || !chance(4) { head() }
    }

    /// A row of outputs of an image.
    private mutating func reduceImage() {
        switch pick(["flatten", "flatten", "average", "tokens"]) {
        case "average": append("global_avg_pool", shape: [shape[0]])
        case "tokens":
            append("tokens", shape: [shape[1] * shape[2], shape[0]])
            reduceTokens()
        default: flatten()
        }
        if width < 2 || width > 12 || !chance(4) { head() }
    }

    /// A row of outputs.
    private mutating func head() {
        linear(out: size(2...5))
        if chance(4) { append("tanh") }
    }
}
