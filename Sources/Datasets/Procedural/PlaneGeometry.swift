import LinearAlgebra

/// A point or a direction of the plane; y points downwards, as rows do.
struct Point: Sendable, Equatable {
    var x: Float
    var y: Float

    init(_ x: Float, _ y: Float) {
        self.x = x
        self.y = y
    }

    static func + (a: Point, b: Point) -> Point { Point(a.x + b.x, a.y + b.y) }
    static func - (a: Point, b: Point) -> Point { Point(a.x - b.x, a.y - b.y) }
    static func * (s: Float, a: Point) -> Point { Point(s * a.x, s * a.y) }
    func dot(_ b: Point) -> Float { x * b.x + y * b.y }

    /// The direction (cos φ, sin φ), |φ| <= π.
    ///
    /// By Taylor's series in double (the term after the last is below π²⁵ / 25! = 2e-13): libm's last bit differs between
    /// systems, and images must not.
    static func direction(_ angle: Float) -> Point {
        let square = -Double(angle) * Double(angle)
        var (cosine, sine) = (1.0, Double(angle))
        var (evenTerm, oddTerm) = (cosine, sine)
        for k in stride(from: 2.0, through: 24, by: 2) {
            evenTerm *= square / (k * (k - 1))
            oddTerm *= square / (k * (k + 1))
            cosine += evenTerm
            sine += oddTerm
        }
        return Point(Float(cosine), Float(sine))
    }
}

/// p ↦ A p + b.
struct Affine {
    var xx: Float
    var xy: Float
    var yx: Float
    var yy: Float
    var offset: Point

    func callAsFunction(_ p: Point) -> Point {
        Point(xx * p.x + xy * p.y + offset.x, yx * p.x + yy * p.y + offset.y)
    }

    /// Scale, then shear along x, then rotation by `angle`, then a move to `centre`.
    init(scale: Point, shear: Float, angle: Float, centre: Point) {
        let turn = Point.direction(angle)
        xx = turn.x * scale.x
        xy = (turn.x * shear - turn.y) * scale.y
        yx = turn.y * scale.x
        yy = (turn.y * shear + turn.x) * scale.y
        offset = centre
    }
}

extension RandomSource {
    /// Uniform on an interval.
    mutating func uniform(_ interval: ClosedRange<Float>) -> Float {
        interval.lowerBound + (interval.upperBound - interval.lowerBound) * Float(uniform())
    }

    /// A point whose coordinates are uniform on ±`reach`.
    mutating func jitter(_ reach: Float) -> Point { Point(uniform(-reach...reach), uniform(-reach...reach)) }

    /// Adds noise of standard deviation `deviation` to every value (1 is white), and appends the values as bytes.
    ///
    /// The noise is triangular, the sum of two random bytes: four values from one draw of 64 bits. Two bytes' sum has
    /// variance 2 (256² − 1) / 12 = 104.51².
    mutating func appendNoisy(_ values: [Float], deviation: Float, to pixels: inout [UInt8]) {
        let scale = deviation * 255 / 104.51
        var bits: UInt64 = 0
        for (index, value) in values.enumerated() {
            bits = index & 3 == 0 ? next() : bits >> 16
            let noise = Float(Int(bits & 0xff) + Int(bits >> 8 & 0xff) - 255)
            let shade = value * 255 + noise * scale + 0.5
            pixels.append(UInt8(max(0, min(255, shade))))
        }
    }
}
