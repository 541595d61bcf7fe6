import LinearAlgebra

/// Draws digits: a field of squared distances to the pen's path, shaded with an anti-aliased edge.
struct DigitRenderer {
    static let side = 28

    /// How much everything varies; these ranges make the task as hard as it is (see `ProceduralImages`).
    private static let height: ClosedRange<Float> = 14...21
    private static let aspect: ClosedRange<Float> = 0.62...1.0
    private static let shear: ClosedRange<Float> = -0.35...0.35
    private static let angle: ClosedRange<Float> = -0.35...0.35
    private static let shift: Float = 2.5
    private static let wobble: Float = 0.045
    /// Half the pen's width as a share of the height, so that small digits do not run into blots.
    private static let halfWidth: ClosedRange<Float> = 0.045...0.08
    private static let contrast: ClosedRange<Float> = 0.55...1
    private static let noise: ClosedRange<Float> = 0.02...0.14

    /// Beyond this distance from a stroke, in pixels, nothing is drawn: the widest half width and half a pixel of edge.
    private static let reach: Float = height.upperBound * halfWidth.upperBound + 0.5
    private static let piecesPerSpan = 4

    private var squares = [Float](repeating: 0, count: side * side)

    /// Appends one image's 784 bytes.
    mutating func draw(_ digit: Int, _ random: inout RandomSource, into pixels: inout [UInt8]) {
        let styles = Glyph.digits[digit]
        let glyph = styles[random.index(below: styles.count)]
        let height = random.uniform(Self.height)
        let width = height * random.uniform(Self.aspect)
        let middle = Float(Self.side) / 2
        let place = Affine(
            scale: Point(width, height), shear: random.uniform(Self.shear), angle: random.uniform(Self.angle),
            centre: Point(middle, middle) + random.jitter(Self.shift))
        let places = glyph.places.map { place($0 + random.jitter(Self.wobble) - Point(0.5, 0.5)) }
        let edge = height * random.uniform(Self.halfWidth) + 0.5
        let ink = random.uniform(Self.contrast)

        for index in squares.indices { squares[index] = Self.reach * Self.reach }
        for stroke in glyph.strokes { trace(stroke.map { places[$0] }) }
        for index in squares.indices {
            squares[index] = ink * max(0, min(1, edge - squares[index].squareRoot()))
        }
        random.appendNoisy(squares, deviation: random.uniform(Self.noise), to: &pixels)
    }

    /// A Catmull-Rom curve through the points, in straight pieces.
    private mutating func trace(_ points: [Point]) {
        let last = points.count - 1
        guard last > 1 else { return line(points[0], points[last]) }
        let closed = points[0] == points[last]
        for start in 0..<last {
            let before = start > 0 ? points[start - 1] : closed ? points[last - 1] : points[0]
            let after = start + 1 < last ? points[start + 2] : closed ? points[1] : points[last]
            let (from, to) = (points[start], points[start + 1])
            let (leaving, arriving) = (0.5 * (to - before), 0.5 * (after - from))
            var previous = from
            for piece in 1...Self.piecesPerSpan {
                let t = Float(piece) / Float(Self.piecesPerSpan)
                let (square, cube) = (t * t, t * t * t)
                let ends = (2 * cube - 3 * square + 1) * from + (3 * square - 2 * cube) * to
                let slopes = (cube - 2 * square + t) * leaving + (cube - square) * arriving
                line(previous, ends + slopes)
                previous = ends + slopes
            }
        }
    }

    /// Lowers the field to the squared distance from a straight piece, within reach of it.
    private mutating func line(_ a: Point, _ b: Point) {
        let along = b - a
        let inverse = 1 / max(along.dot(along), 1e-12)
        // Pixel (column, row) has its centre at (column + 1/2, row + 1/2).
        let columns = Self.pixels(min(a.x, b.x), max(a.x, b.x))
        let rows = Self.pixels(min(a.y, b.y), max(a.y, b.y))
        for row in rows {
            let y = Float(row) + 0.5 - a.y
            for column in columns {
                let x = Float(column) + 0.5 - a.x
                let t = max(0, min(1, (x * along.x + y * along.y) * inverse))
                let (dx, dy) = (x - t * along.x, y - t * along.y)
                let index = row * Self.side + column
                squares[index] = min(squares[index], dx * dx + dy * dy)
            }
        }
    }

    private static func pixels(_ low: Float, _ high: Float) -> Range<Int> {
        let first = max(0, Int(low - reach))
        return first..<max(first, min(side, Int(max(0, high + reach)) + 1))
    }
}
