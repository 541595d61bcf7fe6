public import LinearAlgebra

/// Where a layer writes a piece of the gradient, and what becomes of what stands there.
///
/// Ranges are those of the flat vector of all parameters; the memory behind may hold the piece alone, end to end.
public struct GradientTarget<Element: Scalar>: Sendable {
    /// What stands there is multiplied by this before a tile's share is added: 0 for the first tile, 1 after it.
    public let scaling: Element
    private let vector: Vector<Element>
    /// The stretches that `vector` holds one after another; nil where it is the whole flat vector.
    private let ranges: [Range<Int>]?

    /// The whole flat vector.
    init(_ vector: Vector<Element>, scaling: Element) {
        self.vector = vector
        self.scaling = scaling
        ranges = nil
    }

    /// Memory for some stretches alone.
    init(_ vector: Vector<Element>, holding ranges: [Range<Int>], scaling: Element) {
        self.vector = vector
        self.scaling = scaling
        self.ranges = ranges
    }

    /// Whether this is the gradient of all examples, not of one alone.
    var isTotal: Bool { ranges == nil }

    /// The numbers of the gradient that belong to the parameters `range`, which must lie within one of the piece's
    /// stretches; a view.
    public subscript(range: Range<Int>) -> Vector<Element> {
        guard let ranges else { return vector[range] }
        var offset = 0
        for held in ranges {
            if held.lowerBound <= range.lowerBound && range.upperBound <= held.upperBound {
                let start = offset + range.lowerBound - held.lowerBound
                return vector[start..<start + range.count]
            }
            offset += held.count
        }
        preconditionFailure("parameters \(range) are not in the piece \(ranges)")
    }
}
