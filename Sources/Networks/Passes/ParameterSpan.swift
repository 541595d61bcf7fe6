public import LinearAlgebra

/// A line or a plane in parameter space: all Σ aᵢ θᵢ + Σ bⱼ dⱼ with Σ aᵢ = 1, for points θᵢ and directions dⱼ.
///
/// One point with directions is a slice through it; two points and no direction are the line through both, on which the
/// coordinates (1, 0) and (0, 1) are the points themselves, to the bit. Buffers (running statistics, vectors of
/// spectral norms) are summed over the points in the same way, and do not move along directions.
public struct ParameterSpan<Element: Scalar>: Sendable {
    public let points: [Parameters<Element>]
    /// Flat, `[parameters]` each.
    public let directions: [Vector<Element>]

    /// - Parameters:
    ///   - points: of one layout, one at least.
    ///   - directions: with the points three at most.
    public init(_ points: [Parameters<Element>], along directions: [Vector<Element>] = []) {
        precondition(
            !points.isEmpty && points.count + directions.count <= Vector<Element>.mostTerms,
            "a span of \(points.count) points and \(directions.count) directions")
        precondition(points.allSatisfy { $0.layout == points[0].layout }, "points of different networks")
        precondition(
            directions.allSatisfy { $0.count == points[0].layout.count }, "a direction of another length than θ")
        self.points = points
        self.directions = directions
    }

    /// Coordinates of a point: those of the points, then those of the directions.
    public var coordinateCount: Int { points.count + directions.count }

    /// The coordinates of the first point.
    public var origin: [Double] { [1] + [Double](repeating: 0, count: coordinateCount - 1) }

    /// Writes the parameters at the coordinates into `parameters`, those before `first` left as they are.
    func write(
        _ coordinates: [Element], to parameters: Parameters<Element>, from first: Int = 0, workers: Workers = .one
    ) {
        let ranges = stride(from: first, to: parameters.vector.count, by: Self.pieceLength).map {
            $0..<min(parameters.vector.count, $0 + Self.pieceLength)
        }
        let vectors = points.map(\.vector) + directions
        workers.forEach(ranges.count) { index in
            let range = ranges[index]
            parameters.vector[range].assign(
                sum: zip(coordinates, vectors).map { (factor: $0, vector: $1[range]) })
        }
        guard parameters.buffers.count > 0 else { return }
        parameters.buffers.assign(sum: zip(coordinates, points).map { (factor: $0, vector: $1.buffers) })
    }

    /// Numbers that one task sums.
    private static var pieceLength: Int { 1 << 16 }
}
