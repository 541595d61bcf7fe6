public import LinearAlgebra

/// How a long run is steered from outside, between two products: where it starts, when it ends, what it leaves behind.
public struct RunControl<Element: Scalar>: Sendable {
    /// Where an earlier run stood, to go on from there; nil to start at the beginning.
    public var resumed: Snapshot<Element>?
    /// Whether the run is to end here with the best that it has found; a partial result is marked so.
    public var isOver: @Sendable () -> Bool
    /// Offered a snapshot wherever the run could be taken up again; whoever takes it decides whether to make and keep it.
    /// A snapshot must be written, or copied, before this returns.
    public var offer: @Sendable (_ make: () -> Snapshot<Element>) throws -> Void

    public init(
        resumed: Snapshot<Element>? = nil, isOver: @escaping @Sendable () -> Bool = { false },
        offer: @escaping @Sendable (_ make: () -> Snapshot<Element>) throws -> Void = { _ in }
    ) {
        self.resumed = resumed
        self.isOver = isOver
        self.offer = offer
    }
}
