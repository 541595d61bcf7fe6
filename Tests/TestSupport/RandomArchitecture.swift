import LinearAlgebra
public import Networks

/// Kinds of networks that random ones are drawn from.
public enum ArchitectureFamily: String, Sendable, CaseIterable {
    /// Linear layers, activations, normalisation and spectral norms on one row.
    case mlp
    /// Branches of linear layers inside one another, on one row, on tokens and on images' last dimension.
    case branches
}

extension ArchitectureFamily {
    /// A network of the family that `seed` decides, of at most `mostParameters`.
    public func architecture(
        seed: UInt64, isSmooth: Bool, mostParameters: Int = 1500
    ) throws -> Architecture {
        for attempt in 0..<100 {
            let source = RandomSource(seed: seed, stream: "\(rawValue) \(attempt)")
            var builder = ArchitectureBuilder(source, isSmooth: isSmooth)
            builder.shape = input(&builder)
            let input = builder.shape
            fill(&builder)
            let architecture = Architecture(input: input, layers: builder.layers)
            let count = try Network<Double>(architecture).layout.count
            if count <= mostParameters { return architecture }
        }
        preconditionFailure("no small network among a hundred of \(rawValue)")
    }

    private func input(_ builder: inout ArchitectureBuilder) -> [Int] {
        switch self {
        case .mlp: [builder.size(1...9)]
        case .branches:
            builder.pick([
                [builder.size(1...7)], [builder.size(1...4), builder.size(1...5)],
                [builder.size(1...3), builder.size(1...3), builder.size(1...4)],
            ])
        }
    }

    private func fill(_ builder: inout ArchitectureBuilder) {
        switch self {
        case .mlp: builder.fillPerceptron()
        case .branches: builder.fillBranches()
        }
    }
}

extension ArchitectureBuilder {
    mutating func fillPerceptron() {
        // A leading activation acts on the data alone, before anything depends on a parameter.
        if chance(4) { activation() }
        for _ in 0..<size(1...4) {
            linear(out: size(1...20))
            if !chance(4) { activation() }
        }
        head()
    }

    mutating func fillBranches() {
        if chance(3) { activation() }
        for _ in 0..<size(1...3) {
            linearResidual(depth: 3)
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

    /// A row of outputs.
    mutating func head() {
        linear(out: size(2...5))
        if chance(4) { append("tanh") }
    }
}
