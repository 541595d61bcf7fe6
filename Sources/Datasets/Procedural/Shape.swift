/// The ten classes of `objects`, each a signed distance: negative inside, about 1 in radius.
///
/// Source of the distances to disc, box and polygon and of their unions: I. Quilez, "2D distance functions" (article).
enum Shape: Int, CaseIterable {
    case disc, ring, square, triangle, star, cross, crescent, arrow, stripes, checkerboard

    /// The distance of p from the shape's edge, negative inside.
    func distance(_ p: Point) -> Float {
        switch self {
        case .disc: Self.disc(p, 0.85)
        case .ring: abs(Self.disc(p, 0.68)) - 0.2
        case .square: Self.box(p, 0.74)
        case .triangle: Self.polygon(p, Self.triangleCorners)
        case .star: Self.polygon(p, Self.starCorners)
        case .cross: Self.polygon(p, Self.crossCorners)
        case .crescent: max(Self.disc(p, 0.92), -Self.disc(p - Point(0.5, 0), 0.74))
        case .arrow: Self.polygon(p, Self.arrowCorners)
        case .stripes: max(Self.disc(p, 0.9), Self.bands(p.y, 0.6))
        case .checkerboard:
            max(Self.box(p, 0.8), Self.exclusiveOr(Self.bands(p.x + 0.2, 0.8), Self.bands(p.y + 0.2, 0.8)))
        }
    }

    private static func disc(_ p: Point, _ radius: Float) -> Float { p.dot(p).squareRoot() - radius }

    private static func box(_ p: Point, _ half: Float) -> Float { max(abs(p.x), abs(p.y)) - half }

    /// Bands across an axis, as wide as the gaps between them, one in the middle at 0.
    private static func bands(_ x: Float, _ period: Float) -> Float {
        let phase = x / period
        return (abs(phase - (phase + 0.5).rounded(.down)) - 0.25) * period
    }

    private static func exclusiveOr(_ a: Float, _ b: Float) -> Float { max(min(a, b), -max(a, b)) }

    /// The distance from a polygon's outline, with the sign of the crossing number.
    private static func polygon(_ p: Point, _ corners: [Point]) -> Float {
        var nearest = Float.infinity
        var inside = false
        var b = corners[corners.count - 1]
        for a in corners {
            let (edge, from) = (b - a, p - a)
            let t = max(0, min(1, from.dot(edge) / edge.dot(edge)))
            let off = from - t * edge
            nearest = min(nearest, off.dot(off))
            if (a.y > p.y) != (b.y > p.y), p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x { inside.toggle() }
            b = a
        }
        return inside ? -nearest.squareRoot() : nearest.squareRoot()
    }

    private static let triangleCorners = [Point(0, -0.95), Point(0.87, 0.62), Point(-0.87, 0.62)]
    private static let crossCorners: [Point] = {
        let (arm, reach): (Float, Float) = (0.26, 0.92)
        return [
            Point(-arm, -reach), Point(arm, -reach), Point(arm, -arm), Point(reach, -arm), Point(reach, arm),
            Point(arm, arm), Point(arm, reach), Point(-arm, reach), Point(-arm, arm), Point(-reach, arm),
            Point(-reach, -arm), Point(-arm, -arm),
        ]
    }()
    private static let arrowCorners = [
        Point(-0.95, -0.22), Point(0.05, -0.22), Point(0.05, -0.68), Point(0.95, 0), Point(0.05, 0.68),
        Point(0.05, 0.22), Point(-0.95, 0.22),
    ]
    /// Ten corners, every second one at 0.42 of the radius, the first upwards.
    private static let starCorners: [Point] = (0..<10).map { corner in
        let angle = Float.pi * (Float(corner) / 5 - 0.5)
        let folded = angle > Float.pi ? angle - 2 * Float.pi : angle
        return (corner.isMultiple(of: 2) ? 1 : 0.42) * Point.direction(folded)
    }
}
