public import Krylov
public import LinearAlgebra

/// What any symmetric operator must do, tried on two random vectors u and v of length 1.
///
/// - Complexity: 5 products: u and v together, the same again, and a combination of both.
public struct OperatorExamination<Element: Scalar> {
    private let rounding: ProductRounding
    private let dimension: Int
    private let u: Vector<Element>
    private let v: Vector<Element>
    private let products: (u: Vector<Element>, v: Vector<Element>)
    private let again: (u: Vector<Element>, v: Vector<Element>)
    /// A(2u − v/2): factors that round nothing.
    private let combined: Vector<Element>

    /// How many products it takes.
    public static var productCount: Int { 5 }

    /// - Throws: what the operator throws.
    public init(
        _ target: some SymmetricOperator<Element>, rounding: ProductRounding, seed: UInt64
    ) throws {
        self.rounding = rounding
        dimension = target.dimension
        u = Self.direction(0, count: dimension, seed: seed)
        v = Self.direction(1, count: dimension, seed: seed)
        let empty = (0..<5).map { _ in Vector<Element>(count: target.dimension) }
        try target.apply(to: [u, v], into: [empty[0], empty[1]])
        try target.apply(to: [u, v], into: [empty[2], empty[3]])
        let combination = u.copy()
        combination.scale(by: 2)
        combination.add(-0.5, v)
        try target.apply(to: [combination], into: [empty[4]])
        products = (empty[0], empty[1])
        again = (empty[2], empty[3])
        combined = empty[4]
    }

    public var certificates: Certificates { Certificates([finite, determinism, symmetry, linearity]) }

    private var finite: Certificate {
        let count = [products.u, products.v, combined].reduce(0) { sum, product in
            sum + (product.isFinite ? 0 : product.doubles.count { !$0.isFinite })
        }
        return Certificate(
            "finite", value: Double(count), limit: 0, meaning: "no NaN and no infinity in a product",
            method: "numbers that are not finite, in three products")
    }

    private var determinism: Certificate {
        let differing = Self.differing(products.u, again.u) + Self.differing(products.v, again.v)
        return Certificate(
            "determinism", value: Double(differing), limit: 0,
            meaning: "the same product twice is the same to the bit",
            method: "numbers that differ, in two evaluations of two products")
    }

    /// With δ the rounding of a product, ⟨u, Av + δᵥ⟩ − ⟨Au + δᵤ, v⟩ = ⟨u, δᵥ⟩ − ⟨δᵤ, v⟩ for a symmetric A. δᵥ does not
    /// depend on u, which is uniform on the sphere: ⟨u, δᵥ⟩ has mean 0 and deviation ‖δᵥ‖/√n exactly, and exceeds five
    /// of them once in a million. So on the scale of (‖Av‖ + ‖Au‖)/√n the limit is 5ρ, and the rounding of the two inner
    /// products in double precision (random signs: u √n of partial sums that stay below ‖Av‖/√n).
    ///
    /// For a matrix with an antisymmetric part E the value is about ‖E‖/‖A‖ in Frobenius norms: had it been compared with
    /// ‖u‖‖Av‖, it would be √n smaller, and unseen.
    private var symmetry: Certificate {
        let root = Double(dimension).squareRoot()
        let defect = abs(u.dot(products.v) - products.u.dot(v))
        return Certificate(
            "symmetry", value: Self.ratio(defect, (size(products.u, 1) + size(products.v, 1)) / root),
            limit: 5 * rounding.relative + 0x1p-53 * root,
            meaning: "⟨u, Av⟩ is ⟨Au, v⟩, as Lanczos' method needs",
            method: "|⟨u, Av⟩ − ⟨Au, v⟩| √n / (‖Au‖ + ‖Av‖) for random u, v; limit: five deviations of rounding")
    }

    /// ‖A(2u − v/2) − 2Au + Av/2‖ is at most the rounding of three products and that of the combination, half an eps of
    /// its numbers, which A takes to about as much of the product.
    private var linearity: Certificate {
        let difference = Vector<Double>(converting: combined)
        difference.add(-2, Vector(converting: products.u))
        difference.add(0.5, Vector(converting: products.v))
        let scale = size(combined, 2) + 2 * size(products.u, 1) + 0.5 * size(products.v, 1)
        return Certificate(
            "linearity", value: Self.ratio(difference.norm, scale), limit: rounding.relative,
            meaning: "A(2u − v/2) is 2Au − Av/2",
            method: "‖A(2u − v/2) − 2Au + Av/2‖ / (‖A(2u − v/2)‖ + 2‖Au‖ + ‖Av‖/2); limit: the rounding of a product")
    }

    private func size(_ product: Vector<Element>, _ length: Double) -> Double {
        max(product.norm, length * rounding.floor)
    }

    /// 0/0 is 0: a zero matrix is symmetric.
    private static func ratio(_ defect: Double, _ scale: Double) -> Double { defect == 0 ? 0 : defect / scale }

    /// Bit for bit, so that a zero of the other sign counts and a NaN equals itself.
    private static func differing(_ first: Vector<Element>, _ second: Vector<Element>) -> Int {
        stride(from: 0, to: first.count, by: 1 << 16).reduce(0) { sum, start in
            let piece = start..<min(first.count, start + 1 << 16)
            return sum + zip(first[piece].doubles, second[piece].doubles).count { $0.bitPattern != $1.bitPattern }
        }
    }

    /// Uniform on the sphere.
    static func direction(_ number: Int, count: Int, seed: UInt64) -> Vector<Element> {
        var source = RandomSource(seed: seed, stream: "certificate direction \(number)")
        let vector = Vector<Element>(count: count)
        vector.fillNormal(using: &source)
        vector.scale(by: Element(1 / vector.norm))
        return vector
    }
}
