import LinearAlgebra

/// Estimates of a form's trace with each probe in turn left out of the sketch that the others make.
///
/// With Q(i) the basis without probe i, μᵢ = (I − Q(i)Q(i)ᵀ) ωᵢ, and D = P − k + 1 the dimension of its space,
///
///     tᵢ = tr Q(i)ᵀBQ(i) + (D / ‖μᵢ‖²) μᵢᵀBμᵢ
///
/// is an estimate of tr B without bias, and so is their mean.
///
/// **Its error.** The tᵢ share their sketches, so that the spread between them, which the source takes for the error,
/// is too small on decaying spectra (by up to 2 in the variance; intervals then cover 83 to 90 % for 95). With tᵢ₍ⱼ₎ the
/// same estimate with ωⱼ left out as well and dᵢⱼ = tᵢ − tᵢ₍ⱼ₎: given all probes but i and j, tᵢ₍ⱼ₎ knows ωᵢ alone and
/// has mean tr B, and dᵢⱼ has mean 0 over ωᵢ for each ωⱼ; so in cov(tᵢ, tⱼ) all products but one vanish,
///
///     cov(tᵢ, tⱼ) = E dᵢⱼ dⱼᵢ,      Var t̄ = (V + (k − 1) C)/k,
///
/// with V = Var tᵢ and C the mean of dᵢⱼ dⱼᵢ over the pairs, an estimate without bias that costs no product. A negative
/// C is taken for 0.
///
/// Source: Epperly, Tropp and Webber, SIAM J. Matrix Anal. Appl. 45 (2024), sections 2.1 and 2.3; the covariance is
/// ours.
struct LeaveOneOut {
    /// Unit vectors sᵢ in the coordinates of Q (`RangeBasis.leaveOneOutDirections`), `[k, k]`.
    private let directions: Matrix<Double>
    /// sᵢ·sⱼ.
    private let overlaps: Square
    /// [i, j] = sⱼ·Qωᵢ
    private let projections: Square
    /// ‖μᵢ‖²
    private let squares: [Double]
    /// P.
    private let dimension: Int

    /// One form B: QᵀBQ, and for each probe μᵢᵀBμᵢ and QᵀBμᵢ.
    struct Form {
        var inside: [[Double]]
        var values: [Double]
        var couplings: [[Double]]
    }

    /// - Parameters:
    ///   - projections: Q ωᵢ, a row each.
    ///   - squares: ‖μᵢ‖².
    init(directions: Matrix<Double>, projections: [[Double]], squares: [Double], dimension: Int) {
        self.directions = directions
        self.squares = squares
        self.dimension = dimension
        overlaps = Square(directions, timesTransposed: directions)
        self.projections = Square(Self.matrix(projections), timesTransposed: directions)
    }

    /// - Parameters:
    ///   - variances: Var tᵢ given the sketch without i, where something better than their spread knows it.
    ///   - rounding: a standard error that no sample shows.
    func estimate(
        _ form: Form, variances: [Double]? = nil, rounding: Double, scale: Estimate.Scale = .linear
    ) -> Estimate {
        let order = directions.rows
        let inside = Self.matrix(form.inside)
        let half = Matrix<Double>(rows: order, columns: order)
        half.assign(product: directions.plain, inside.plain)
        // [i, j] = sᵢᵀ (QᵀBQ) sⱼ
        let rotated = Square(half, timesTransposed: directions)
        // [i, j] = sⱼ·QᵀBμᵢ
        let coupled = Square(Self.matrix(form.couplings), timesTransposed: directions)
        let trace = (0..<order).reduce(0) { $0 + form.inside[$1][$1] }
        let freedom = Double(dimension - order + 1)
        let estimates = (0..<order).map { trace - rotated[$0, $0] + freedom / squares[$0] * form.values[$0] }
        var covariance = 0.0
        for i in 0..<order {
            for j in 0..<i {
                covariance +=
                    difference(i, j, form, rotated, coupled) * difference(j, i, form, rotated, coupled)
            }
        }
        let count = Double(order)
        covariance = max(0, covariance / (count * (count - 1) / 2))
        // The spread of correlated samples is short of their variance by the covariance.
        let spread = Estimate.variance(estimates)
        let known = variances.map { $0.reduce(0, +) / count } ?? 0
        let variance = max(known, spread + (variances == nil ? covariance : 0))
        // Where only the samples know the variance: C comes from the same probes as V, and is as noisy again.
        let share = variance > 0 ? (count - 1) * covariance / (variance + (count - 1) * covariance) : 0
        return Estimate(
            value: estimates.reduce(0, +) / count,
            standardError: ((variance + (count - 1) * covariance) / count + rounding * rounding).squareRoot(),
            degreesOfFreedom: variances.map(Satterthwaite.degreesOfFreedom(ofMean:))
                ?? max(1, (count - 1) / (1 + share)),
            scale: scale)
    }

    /// dᵢⱼ = tᵢ − tᵢ₍ⱼ₎. Leaving ωⱼ out as well takes the unit vector u ∝ sⱼ − (sᵢ·sⱼ) sᵢ out of the basis, and adds
    /// p Qᵀu to μᵢ, p = u·Qωᵢ.
    private func difference(
        _ i: Int, _ j: Int, _ form: Form, _ rotated: Square, _ coupled: Square
    ) -> Double {
        let overlap = overlaps[i, j]
        let square = 1 - overlap * overlap
        // sᵢ = ± sⱼ: without one of them the other leaves nothing more.
        guard square > 1e-12 else { return 0 }
        let length = square.squareRoot()
        let p = (projections[i, j] - overlap * projections[i, i]) / length
        let coupling = (coupled[i, j] - overlap * coupled[i, i]) / length
        let inside =
            (rotated[j, j] - overlap * (rotated[i, j] + rotated[j, i]) + overlap * overlap * rotated[i, i]) / square
        let freedom = Double(dimension - directions.rows + 1)
        let own = form.values[i]
        let wider = own + 2 * p * coupling + p * p * inside
        return inside + freedom / squares[i] * own - (freedom + 1) / (squares[i] + p * p) * wider
    }

    private static func matrix(_ rows: [[Double]]) -> Matrix<Double> {
        Vector(rows.flatMap { $0 }).matrix(rows: rows.count, columns: rows.first?.count ?? 0)
    }
}

/// A small square matrix as an array: the loops over pairs read single entries.
private struct Square {
    private let order: Int
    private let entries: [Double]

    /// a bᵀ
    init(_ a: Matrix<Double>, timesTransposed b: Matrix<Double>) {
        order = a.rows
        let product = Matrix<Double>(rows: a.rows, columns: b.rows)
        product.assign(product: a.plain, b.transposed)
        entries = product.array
    }

    subscript(row: Int, column: Int) -> Double { entries[row * order + column] }
}
