public import LinearAlgebra

/// An operator's diagonal, entry by entry, with the error of each.
public struct DiagonalEstimate<Element: Scalar>: Sendable {
    /// `[dimension]`.
    public let values: Vector<Element>
    /// Of each entry, `[dimension]`; nil for a single probe, zeros where the diagonal is exact.
    public let standardErrors: Vector<Element>?
    /// Whether the entries were read from products with unit vectors.
    public let isExact: Bool
    /// Products with the operator.
    public let products: Int

    init(values: Vector<Element>, standardErrors: Vector<Element>?, isExact: Bool, products: Int) {
        self.values = values
        self.standardErrors = standardErrors
        self.isExact = isExact
        self.products = products
    }

    /// A diagonal that is known, as from a matrix that was formed with as many products as it has rows.
    public init(exact values: Vector<Element>) {
        self.init(
            values: values, standardErrors: Vector(count: values.count), isExact: true, products: values.count)
    }

    /// √(mean of the squared standard errors): to be held against the root mean square of the entries.
    public var rootMeanSquareError: Double? {
        standardErrors.map { $0.norm / Double(max(1, $0.count)).squareRoot() }
    }

    /// √(mean of the squared entries); of an estimate it contains the errors, so that its square is too large by theirs.
    public var rootMeanSquare: Double { values.norm / Double(max(1, values.count)).squareRoot() }
}

/// diag A ≈ the mean of v ∘ A v over random signs v.
///
/// An entry's variance is Σ_{j ≠ i} aᵢⱼ² over the number of probes: far larger than the entry where A is far from
/// diagonal, so look at the standard errors first. A trace of a group is a better question: see `traceEstimates`. With as
/// many products as dimensions the diagonal is exact.
///
/// Source: Bekas, Kokiopoulou and Saad, Appl. Numer. Math. 57 (2007), equation 2; for signs the divisor is the number of
/// probes.
///
/// - Throws: `KrylovFailure`, or what the operator throws.
/// - Complexity: `products` products, and two vectors of doubles.
public func diagonalEstimate<Operator: SymmetricOperator>(
    of target: Operator, products: Int, seed: UInt64 = 0
) throws -> DiagonalEstimate<Operator.Element> {
    typealias Element = Operator.Element
    precondition(products >= 1, "a diagonal from \(products) products")
    let dimension = target.dimension
    guard products < dimension else {
        let values = Vector<Element>(count: dimension)
        try target.forEachColumn { index, column in values[index] = column[index] }
        return DiagonalEstimate(exact: values)
    }
    let sums = Vector<Double>(count: dimension)
    let squares = Vector<Double>(count: dimension)
    let probes = (0..<products).map { index in
        var source = RandomSource(seed: seed, stream: "diagonal \(index)")
        let vector = Vector<Element>(count: dimension)
        vector.fillSigns(using: &source)
        return vector
    }
    try forEachBlock(of: probes, through: target, length: max(1, target.blockSize)) { range, images in
        for (probe, image) in zip(probes[range], images) {
            image.multiply(by: probe)
            let wide = Vector<Double>(converting: image)
            sums.add(1, wide)
            wide.multiply(by: wide.copy())
            squares.add(1, wide)
        }
    }
    let count = Double(products)
    sums.scale(by: 1 / count)
    guard products > 1 else {
        return DiagonalEstimate(
            values: Vector(converting: sums), standardErrors: nil, isExact: false, products: products)
    }
    // s² = (Σ x² − M x̄²)/(M − 1); rounding may leave a little below 0 where all samples are equal.
    let errors = zip(squares.array, sums.array).map { square, mean in
        (max(0, square - count * mean * mean) / (count - 1) / count).squareRoot()
    }
    return DiagonalEstimate(
        values: Vector(converting: sums), standardErrors: Vector(rounding: errors), isExact: false,
        products: products)
}
