import LinearAlgebra

/// Draws one coloured shape over a shaded background with clutter and noise.
struct ObjectRenderer {
    static let side = 32

    /// How much everything varies; these ranges make the task as hard as it is (see `ProceduralImages`).
    private static let radius: ClosedRange<Float> = 9...13
    private static let squash: ClosedRange<Float> = 0.85...1
    private static let angle: ClosedRange<Float> = -0.3...0.3
    private static let shift: Float = 2.5
    private static let leastContrast: Float = 0.6
    private static let mostClutter = 3
    private static let clutterRadius: ClosedRange<Float> = 1.2...2.6
    private static let shading: Float = 0.15
    private static let noise: ClosedRange<Float> = 0.02...0.08

    private var planes = [Float](repeating: 0, count: 3 * side * side)

    /// Appends one image's 3072 bytes: red, green and blue planes.
    mutating func draw(_ label: Int, _ random: inout RandomSource, into pixels: inout [UInt8]) {
        guard let shape = Shape(rawValue: label) else { preconditionFailure("no shape has the label \(label)") }
        let paper = Colour.random(&random)
        fill(paper, slope: random.jitter(Self.shading / Float(Self.side)))
        for _ in 0..<random.index(below: Self.mostClutter + 1) { speck(&random) }
        stamp(shape, Colour.random(&random, awayFrom: paper, by: Self.leastContrast), &random)
        random.appendNoisy(planes, deviation: random.uniform(Self.noise), to: &pixels)
    }

    /// One colour, lighter towards one side.
    private mutating func fill(_ paper: Colour, slope: Point) {
        let middle = Float(Self.side) / 2
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                let lift = slope.x * (Float(column) - middle) + slope.y * (Float(row) - middle)
                set(row * Self.side + column, Colour(paper.channels + lift), cover: 1)
            }
        }
    }

    /// A small round spot of any colour.
    private mutating func speck(_ random: inout RandomSource) {
        let centre = Point(random.uniform(0...Float(Self.side)), random.uniform(0...Float(Self.side)))
        let radius = random.uniform(Self.clutterRadius)
        let colour = Colour.random(&random)
        each(around: centre, radius + 1) { pixel, offset in
            (pixel, colour, radius + 0.5 - offset.dot(offset).squareRoot())
        }
    }

    /// The shape itself, turned, squashed and scaled about a random centre.
    private mutating func stamp(_ shape: Shape, _ colour: Colour, _ random: inout RandomSource) {
        let middle = Float(Self.side) / 2
        let centre = Point(middle, middle) + random.jitter(Self.shift)
        let radius = random.uniform(Self.radius)
        let squash = random.uniform(Self.squash)
        // From the image back to the shape: the inverse of a squash and a turn.
        let turn = Point.direction(random.uniform(Self.angle))
        let mirrored: Float = random.index(below: 2) == 0 ? 1 : -1
        each(around: centre, radius + 1) { pixel, offset in
            let u = (turn.x * offset.x + turn.y * offset.y) / radius * mirrored
            let v = (turn.x * offset.y - turn.y * offset.x) / (radius * squash)
            return (pixel, colour, 0.5 - shape.distance(Point(u, v)) * radius)
        }
    }

    /// Paints the pixels within `reach` of a centre, each with the colour and cover that `body` gives.
    private mutating func each(
        around centre: Point, _ reach: Float, _ body: (_ pixel: Int, _ offset: Point) -> (Int, Colour, Float)
    ) {
        let rows = max(0, Int(centre.y - reach))..<min(Self.side, Int(centre.y + reach) + 1)
        let columns = max(0, Int(centre.x - reach))..<min(Self.side, Int(centre.x + reach) + 1)
        for row in rows {
            for column in columns {
                let offset = Point(Float(column) + 0.5, Float(row) + 0.5) - centre
                let (pixel, colour, cover) = body(row * Self.side + column, offset)
                if cover > 0 { set(pixel, colour, cover: min(1, cover)) }
            }
        }
    }

    private mutating func set(_ pixel: Int, _ colour: Colour, cover: Float) {
        for channel in 0..<3 {
            let index = channel * Self.side * Self.side + pixel
            planes[index] += cover * (colour.channels[channel] - planes[index])
        }
    }
}

/// Red, green and blue in [0, 1].
private struct Colour {
    var channels: SIMD4<Float>

    init(_ channels: SIMD4<Float>) { self.channels = channels }

    static func random(_ random: inout RandomSource) -> Colour {
        let (red, green, blue) = (random.uniform(0...1), random.uniform(0...1), random.uniform(0...1))
        return Colour(SIMD4(red, green, blue, 0))
    }

    /// A colour at least so far from another, or the farthest of sixteen.
    static func random(_ random: inout RandomSource, awayFrom other: Colour, by distance: Float) -> Colour {
        var best = other
        for _ in 0..<16 where best.squareDistance(other) < distance * distance {
            let candidate = Colour.random(&random)
            if candidate.squareDistance(other) > best.squareDistance(other) { best = candidate }
        }
        return best
    }

    func squareDistance(_ other: Colour) -> Float {
        let difference = channels - other.channels
        return difference.x * difference.x + difference.y * difference.y + difference.z * difference.z
    }
}
