/// The body of `landscape surface`'s document.
public struct SurfaceReport: Encodable, Sendable {
    /// One axis of the grid.
    public struct Axis: Encodable, Sendable {
        /// Ascending; those that were computed at, in the network's precision.
        public let coordinates: [Double]
        public let direction: LossSurface.DirectionFacts
    }

    /// A point of the grid.
    public struct Extremum: Encodable, Sendable {
        public let loss: Double
        public let coordinates: [Double]
    }

    /// α, then β where there is one.
    public let axes: [Axis]
    /// ⟨d₁, d₂⟩ / ‖d₁‖‖d₂‖.
    public let cosine: Double?
    /// `[β, α]`, or one row; nil where it is not known.
    public let losses: [[Double?]]
    /// The share of right examples, as `losses`; absent without labels.
    public let accuracies: [[Double?]]?
    public let least: Extremum?
    public let largest: Extremum?
    /// How many points were computed, of how many.
    public let pointsComputed: Int
    public let points: Int
    /// The loss at θ by the surface's own way.
    public let centre: Double
    /// See `LossSurface.cornerDifference`.
    public let cornerDifference: Double?
    public let certificates: Certificates

    enum CodingKeys: String, CodingKey {
        case axes, cosine, losses, accuracies, least, largest, points, centre, certificates
        case cornerDifference = "corner_difference"
        case pointsComputed = "points_computed"
    }

    public init(_ surface: LossSurface, examples: Int) {
        axes = zip(surface.coordinates, surface.directions).map { Axis(coordinates: $0, direction: $1) }
        cosine = surface.cosine
        losses = surface.rows { surface.values[$0] }
        accuracies = surface.values.correct.map { correct in
            surface.rows {
                $0 < correct.count && surface.values[$0] != nil ? Double(correct[$0]) / Double(examples) : nil
            }
        }
        let known = (0..<surface.values.wanted).compactMap { point in surface.values[point].map { (point, $0) } }
        func extremum(_ found: (point: Int, loss: Double)?) -> Extremum? {
            found.map { Extremum(loss: $0.loss, coordinates: surface.coordinates(of: $0.point)) }
        }
        least = extremum(known.min { $0.1 < $1.1 })
        largest = extremum(known.max { $0.1 < $1.1 })
        pointsComputed = surface.values.losses.count
        points = surface.values.wanted
        centre = surface.centre
        cornerDifference = surface.cornerDifference
        certificates = surface.certificates
    }
}

extension LossSurface {
    /// Something of every point, in rows of equal β.
    func rows<Value>(_ value: (Int) -> Value) -> [[Value]] {
        let width = coordinates[0].count
        return (0..<values.wanted / width).map { row in (0..<width).map { value(row * width + $0) } }
    }

    /// α, β of a point by its number.
    func coordinates(of point: Int) -> [Double] {
        let width = coordinates[0].count
        return [coordinates[0][point % width]] + (coordinates.count > 1 ? [coordinates[1][point / width]] : [])
    }
}
