public import LinearAlgebra

/// The parameters of a network: one flat vector, and the names and shapes of the tensors in it.
public struct Parameters<Element: Scalar>: Sendable {
    public let layout: ParameterLayout
    /// θ, `[layout.count]`.
    public let vector: Vector<Element>

    public init(layout: ParameterLayout, vector: Vector<Element>) {
        precondition(vector.count == layout.count, "\(vector.count) numbers for \(layout.count) parameters")
        self.layout = layout
        self.vector = vector
    }

    /// Fresh parameters, each tensor drawn from its own stream of `seed`, so that a layer more changes no other's draw.
    public init(initialising layout: ParameterLayout, seed: UInt64) {
        self.init(layout: layout, vector: Vector(count: layout.count))
        for entry in layout.entries {
            var source = RandomSource(seed: seed, stream: "initialise \(entry.name)")
            switch entry.initialisation {
            case .constant(let value): vector[entry.range].fill(Element(value))
            case .uniform(let bound): vector[entry.range].fillUniform(bound: bound, using: &source)
            }
        }
    }

    /// The tensor named `name`, a view; nil where there is none.
    public subscript(name: String) -> Vector<Element>? {
        layout.entries.first { $0.name == name }.map { vector[$0.range] }
    }

    /// New memory with the same numbers.
    public func copy() -> Parameters { Parameters(layout: layout, vector: vector.copy()) }
}
