public import LinearAlgebra

/// The point that a pass is taken at, and who shares its work.
public struct Point<Element: Scalar>: Sendable {
    /// θ, flat.
    public let parameters: Vector<Element>
    /// What layers keep that is no parameter: running statistics, the vectors of spectral norms; flat.
    public let buffers: Vector<Element>
    /// What layers compute once from both for all tiles (`Layer.prepare`), flat.
    public let derived: Vector<Element>
    public let mode: PassMode
    /// Of this pass's random draws, where it makes any.
    public let seed: UInt64
    /// For work within one tile.
    public let workers: Workers
    /// Memory for a moment.
    public let scratch: Scratch<Element>
}

/// What tells the passes of training from those of an analysis.
public enum PassMode: Sendable, Equatable {
    /// The function that a checkpoint stands for: running statistics, no dropout; examples do not touch one another.
    case analysis
    /// As `analysis`, but batch normalisation takes the statistics of all examples of the pass, which couples them.
    case batchStatistics
    /// As `batchStatistics`, and running statistics and spectral norms' vectors move, and dropout drops.
    case training

    /// Whether one example's outputs can depend on another example.
    public var couplesExamples: Bool { self != .analysis }
}

/// The directions v₁ … v_k along which tangents are taken together.
public struct Directions<Element: Scalar>: Sendable {
    /// Flat, one a direction.
    public let vectors: [Vector<Element>]
    /// The tangents of `Point.derived`, flat, one a direction.
    public let derived: [Vector<Element>]
    public let order: DerivativeOrder

    public var count: Int { vectors.count }

    init(_ vectors: [Vector<Element>], derived: [Vector<Element>], order: DerivativeOrder) {
        self.vectors = vectors
        self.derived = derived
        self.order = order
    }

    public subscript(index: Int) -> Direction<Element> {
        Direction(index: index, vector: vectors[index], derived: derived[index], order: order)
    }
}

/// One of the directions.
public struct Direction<Element: Scalar>: Sendable {
    /// Its number among those taken together, which says where its tangents lie.
    public let index: Int
    /// v, flat.
    public let vector: Vector<Element>
    /// The tangent of `Point.derived`, flat.
    public let derived: Vector<Element>
    public let order: DerivativeOrder
}

/// Which terms of the derivative of the gradient enter.
public enum DerivativeOrder: Sendable {
    /// First-order terms alone: Jᵀ · J.
    case first
    /// All terms: the exact derivative.
    case second
}
