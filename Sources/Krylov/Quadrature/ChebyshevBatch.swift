import LinearAlgebra

/// Probes whose Chebyshev vectors vⱼ = Tⱼ(Ã) v₀ advance together.
///
/// `v₁ = Ã v₀, vⱼ₊₁ = 2 Ã vⱼ − vⱼ₋₁`; from n products μ₀ … μ₂ₙ by `μ₂ⱼ = 2 vⱼ·vⱼ − μ₀, μ₂ⱼ₊₁ = 2 vⱼ₊₁·vⱼ − μ₁`.
final class ChebyshevBatch<Element: Scalar> {
    /// vⱼ₋₁ and vⱼ of each probe, `[probes, dimension]`, and where the operator leaves A vⱼ.
    var previous: Matrix<Element>
    var current: Matrix<Element>
    private let image: Matrix<Element>
    /// So far, of each probe, relative to v₀·v₀: μ₀ = 1.
    var moments: [[Double]]
    private let scaling: ChebyshevScaling
    private let deflated: Matrix<Element>?
    private let workers: Workers

    init(
        count: Int, dimension: Int, scaling: ChebyshevScaling, deflating deflated: Matrix<Element>?, workers: Workers
    ) {
        previous = Matrix(rows: count, columns: dimension)
        current = Matrix(rows: count, columns: dimension)
        image = Matrix(rows: count, columns: dimension)
        moments = Array(repeating: [], count: count)
        self.scaling = scaling
        self.deflated = deflated
        self.workers = workers
    }

    private static var epsilon: Double { Double(Element.ulpOfOne) }

    /// Takes a probe's start vector, of length 1; its part in the complement of the deflated vectors is scaled to 1.
    func start(_ index: Int, with probe: Vector<Element>) throws {
        let row = current.row(index)
        row.assign(probe)
        if let deflated {
            let norm = project(row, outOf: deflated, epsilon: Self.epsilon, workers: workers).norm
            guard norm > roundingFactor * Self.epsilon else { throw KrylovFailure.unusableStart(norm: norm) }
            row.scale(by: Element(1 / norm))
        }
        moments[index] = [1]
    }

    /// Products so far.
    var degree: Int { moments[0].count / 2 }

    /// One product, and two moments, for every probe.
    ///
    /// - Throws: `DensityFailure.intervalTooSmall`, `KrylovFailure`, or what the operator throws.
    func step<Operator: SymmetricOperator>(_ target: Operator) throws where Operator.Element == Element {
        let degree = degree
        let rows = moments.indices
        try target.apply(to: rows.map(current.row), into: rows.map(image.row))
        for index in rows {
            advance(previous.row(index), current.row(index), image.row(index), isFirst: degree == 0)
        }
        swap(&previous, &current)
        for index in rows {
            let old = previous.row(index)
            let new = current.row(index)
            let square = Basis.dot(new, new, workers: workers)
            let product = Basis.dot(new, old, workers: workers)
            guard square.isFinite, product.isFinite else {
                throw KrylovFailure.productIsNotFinite(product: degree + 1)
            }
            // ‖Tⱼ(Ã) v‖ ≤ ‖v‖ where the interval holds the spectrum, and grows like cosh outside.
            guard square <= 1 + scaling.rounding(degree: degree + 1, epsilon: Self.epsilon) else {
                throw DensityFailure.intervalTooSmall(
                    lower: scaling.lower, upper: scaling.upper, squaredNorm: square, degree: degree + 1)
            }
            moments[index].append(degree == 0 ? product : 2 * product - moments[index][1])
            moments[index].append(2 * square - 1)
        }
    }

    /// previous ← 2 Ã current − previous, or Ã current at first; elementwise, so that pieces change no byte.
    private func advance(
        _ previous: Vector<Element>, _ current: Vector<Element>, _ image: Vector<Element>, isFirst: Bool
    ) {
        let factor = (isFirst ? 1 : 2) / scaling.half
        let length = 1 << 15
        let pieces = stride(from: 0, to: current.count, by: length).map { $0..<min(current.count, $0 + length) }
        workers.forEach(pieces.count) { [scaling] index in
            let piece = pieces[index]
            let next = previous[piece]
            next.scale(by: isFirst ? 0 : -1)
            next.add(Element(factor), image[piece])
            next.add(Element(-factor * scaling.middle), current[piece])
        }
        guard let deflated else { return }
        _ = project(previous, outOf: deflated, epsilon: Self.epsilon, workers: workers)
    }
}

/// The interval that is mapped to [−1, 1].
struct ChebyshevScaling: Sendable, Equatable {
    let lower: Double
    let upper: Double
    /// max|λ| of the operator before deflation: a product's rounding is eps times it.
    let norm: Double

    var middle: Double { 0.5 * (lower + upper) }
    var half: Double { 0.5 * (upper - lower) }

    /// How much ‖vⱼ‖² may exceed 1 by rounding.
    ///
    /// Each step leaves at most 4 eps max(1, ‖A‖/d) (product, three roundings of the combination), and what step i leaves
    /// comes into vⱼ as U_{j−i}, of at most j − i + 1: together 2 eps j², and twice that in the square.
    func rounding(degree: Int, epsilon: Double) -> Double {
        4 * epsilon * max(1, norm / half) * Double((degree + 1) * (degree + 1))
    }

    /// Ten per cent of the width more at either end.
    var enlarged: ChebyshevScaling {
        ChebyshevScaling(lower: lower - 0.2 * half, upper: upper + 0.2 * half, norm: norm)
    }
}
