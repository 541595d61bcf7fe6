import LinearAlgebra

/// tr A = tr QᵀAQ + tr (I − QQᵀ) A (I − QQᵀ): the first exactly on a sketch Q of A's range, the second by Hutchinson's
/// estimate with fresh probes in the complement, uniform on its sphere.
///
/// A third of the products each for the sketch, A Q, and the probes. What is known of the sketch alone decides nothing
/// of the probes, so that given Q the interval is Hutchinson's.
///
/// Source: Meyer, Musco, Musco and Woodruff, SOSA 2021, algorithm 1; probes on the sphere of the complement after
/// Epperly, Tropp and Webber 2024, section 2.3.
func hutchPlusPlus<Operator: SymmetricOperator>(
    _ target: Operator, _ groups: [[Range<Int>]], _ configuration: TraceConfiguration
) throws -> TraceEstimates {
    typealias Element = Operator.Element
    let dimension = target.dimension
    let third = configuration.products / 3
    precondition(third >= 1 && 2 * third < dimension, "Hutch++ with \(configuration.products) of \(dimension)")
    let sketch: Matrix<Element> = sphereProbes(0..<third, dimension: dimension, seed: configuration.seed)
    let basis = RangeBasis(
        orthonormalising: try product(of: sketch, through: target), workers: configuration.workers)
    let images = try product(of: basis.rows, through: target)
    let all = [0..<dimension]
    if basis.isExhausted {
        return knownOnSubspace(basis.rows, images: images, groups: groups, configuration, method: .hutchPlusPlus)
    }
    let complement = dimension - basis.rows.rows
    var sums = ProbeSums<Element>(groups: groups, dimension: complement, workers: configuration.workers)
    sums.known = knownPart(basis.rows, images: images, groups: groups, workers: configuration.workers)
    let last = configuration.products - basis.rows.rows
    let length = probeBlock(of: target, probes: last - third)
    for first in stride(from: third, to: last, by: length) {
        let range = first..<min(last, first + length)
        let probes: Matrix<Element> = sphereProbes(range, dimension: dimension, seed: configuration.seed)
        remove(basis.rows, from: probes, workers: configuration.workers)
        for row in 0..<probes.rows {
            let probe = probes.row(row)
            probe.scale(by: Element(Double(complement).squareRoot() / probe.norm))
        }
        let products = try product(of: probes, through: target)
        let full = innerProducts(products, products, over: all, workers: configuration.workers)
        let inside = innerProducts(products, basis.rows, over: all, workers: configuration.workers)
        let squares = inside.indices.map { index in
            max(0, full[index][index] - inside[index].reduce(0) { $0 + $1 * $1 })
        }
        sums.add(probes, images: products, squares: squares)
    }
    return sums.estimates(method: .hutchPlusPlus, products: configuration.products)
}

/// xᵢ ← (I − QᵀQ) xᵢ, twice, so that what is left is orthogonal to rounding.
func remove<Element: Scalar>(_ basis: Matrix<Element>, from vectors: Matrix<Element>, workers: Workers) {
    let rows = (0..<vectors.rows).map { vectors.row($0) }
    for _ in 0..<2 {
        Basis.remove(
            Basis.coefficients(of: rows, in: basis, workers: workers), of: basis, from: rows, workers: workers)
    }
}

/// tr QᵀAQ, ‖AQ‖²_F and Σ_S Q ∘ AQ.
func knownPart<Element: Scalar>(
    _ basis: Matrix<Element>, images: Matrix<Element>, groups: [[Range<Int>]], workers: Workers
) -> ProbeSums<Element>.KnownPart {
    func sum(_ other: Matrix<Element>, _ ranges: [Range<Int>]) -> Double {
        var total = 0.0
        for row in 0..<basis.rows {
            for range in ranges {
                total += Basis.dot(other.row(row)[range], images.row(row)[range], workers: workers)
            }
        }
        return total
    }
    let all = [0..<basis.columns]
    return .init(trace: sum(basis, all), frobenius: sum(images, all), groups: groups.map { sum(basis, $0) })
}

/// Where the sketch is all of A's range: its trace is A's, up to what rounding hides outside.
///
/// The sketch stopped where a product left less than 30 eps of the longest, so that ‖A(I − QᵀQ)‖_F is about that share of
/// ‖A‖_F at most, and a trace of norm δ at most √P δ.
func knownOnSubspace<Element: Scalar>(
    _ basis: Matrix<Element>, images: Matrix<Element>, groups: [[Range<Int>]], _ configuration: TraceConfiguration,
    method: TraceMethod
) -> TraceEstimates {
    let known = knownPart(basis, images: images, groups: groups, workers: configuration.workers)
    let epsilon = Double(Element.ulpOfOne)
    let hidden = roundingFactor * epsilon * (known.frobenius * Double(basis.columns)).squareRoot()
    return TraceEstimates(
        trace: Estimate(value: known.trace, standardError: hidden),
        frobeniusNormSquared: Estimate(
            value: known.frobenius, standardError: roundingFactor * epsilon * known.frobenius, scale: .logarithmic),
        groups: known.groups.map { Estimate(value: $0, standardError: hidden) }, method: method,
        products: configuration.products)
}
