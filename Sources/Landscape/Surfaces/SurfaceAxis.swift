public import LinearAlgebra

/// Evenly spaced coordinates along one direction.
public struct SurfaceAxis: Sendable, Equatable {
    public let low: Double
    public let high: Double
    /// 2 at least.
    public let points: Int

    public init(low: Double = -1, high: Double = 1, points: Int = 25) {
        precondition(low < high && points >= 2, "\(points) points from \(low) to \(high)")
        self.low = low
        self.high = high
        self.points = points
    }

    /// The coordinates as the network's precision holds them, so that what is reported is what was computed; both ends
    /// and the middle of a symmetric axis are exact.
    public func coordinates<Element: Scalar>(in precision: Element.Type) -> [Double] {
        (0..<points).map { index in
            let share = Double(index) / Double(points - 1)
            return Double(Element(low * (1 - share) + high * share))
        }
    }
}
