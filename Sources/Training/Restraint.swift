public import LinearAlgebra

/// What holds parameters back while they are trained: some are frozen, and all may be drawn towards a point.
public struct Restraint<Element: Scalar>: Sendable {
    /// Stretches of the flat vector that no step moves, nor their moments; in their order, without overlaps.
    public let frozen: [Range<Int>]
    /// λ and θ₀ of the term λ (θ − θ₀) in the gradient, that is λ/2 ‖θ − θ₀‖² in the loss; nil for none.
    public let anchor: (strength: Double, point: Vector<Element>)?

    /// - Parameter frozen: in any order; overlaps are put together.
    public init(frozen: [Range<Int>] = [], anchor: (strength: Double, point: Vector<Element>)? = nil) {
        self.frozen = frozen.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { joined, range in
            if let last = joined.last, range.lowerBound <= last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        self.anchor = anchor
    }

    /// The stretches of `range` that move.
    public func moving(in range: Range<Int>) -> [Range<Int>] {
        var moving: [Range<Int>] = []
        var start = range.lowerBound
        for held in frozen where held.overlaps(range) {
            if start < held.lowerBound { moving.append(start..<held.lowerBound) }
            start = max(start, held.upperBound)
        }
        if start < range.upperBound { moving.append(start..<range.upperBound) }
        return moving
    }

    /// Whether a parameter of `range` is frozen.
    public func holds(_ range: Range<Int>) -> Bool { frozen.contains { $0.overlaps(range) } }

    /// One step of the parameters `range` that may move; their `gradient` is lent, and takes the anchor's term.
    func apply(
        _ step: OptimiserStep<Element>, to parameters: Vector<Element>, gradient: Vector<Element>, range: Range<Int>
    ) {
        for part in moving(in: range) {
            let slope = gradient[part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound]
            if let anchor {
                slope.add(Element(anchor.strength), parameters[part])
                slope.add(-Element(anchor.strength), anchor.point[part])
            }
            step.apply(to: parameters, gradient: slope, range: part)
        }
    }
}
