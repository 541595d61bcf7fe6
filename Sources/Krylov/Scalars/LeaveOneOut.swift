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
/// C is taken for 0. For V see `Spread`.
///
/// Source: Epperly, Tropp and Webber, SIAM J. Matrix Anal. Appl. 45 (2024), sections 2.1 and 2.3; the covariance is
/// ours.
struct LeaveOneOut {
    /// Unit vectors sᵢ in the coordinates of Q (`RangeBasis.leaveOneOutDirections`), `[k, k]`.
    let directions: Matrix<Double>
    /// sᵢ·sⱼ.
    let overlaps: Square
    /// [i, j] = sⱼ·Qωᵢ
    let projections: Square
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

    /// What V is taken from.
    enum Spread {
        /// The estimates' own spread, and C, which the samples share. On decaying spectra as noisy as C is.
        case samples
        /// Var tᵢ given the sketch without i, of each probe.
        case known([Double])
        /// μᵢᵀBμⱼ and μᵢᵀμⱼ of all pairs, from which V follows almost as of independent probes; see `varianceOfPairs`.
        case pairs(forms: [[Double]], inner: [[Double]])
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

    /// - Parameter rounding: a standard error that no sample shows.
    func estimate(
        _ form: Form, _ spread: Spread = .samples, rounding: Double, scale: Estimate.Scale = .linear
    ) -> Estimate {
        let order = directions.rows
        let view = view(form)
        let trace = (0..<order).reduce(0) { $0 + form.inside[$1][$1] }
        let estimates = (0..<order).map { trace - view.rotated[$0, $0] + freedom / squares[$0] * form.values[$0] }
        var covariance = 0.0
        for i in 0..<order {
            for j in 0..<i { covariance += difference(i, j, view) * difference(j, i, view) }
        }
        let count = Double(order)
        covariance = max(0, covariance / (count * (count - 1) / 2))
        let own = Estimate.variance(estimates)
        let (variance, degreesOfFreedom): (Double, Double)
        switch spread {
        case .samples:
            // The spread of correlated samples is short of their variance by the covariance, which comes from the same
            // probes and is as noisy again.
            variance = own + covariance
            let share = variance > 0 ? (count - 1) * covariance / (variance + (count - 1) * covariance) : 0
            degreesOfFreedom = max(1, (count - 1) / (1 + share))
        case .known(let variances):
            variance = max(variances.reduce(0, +) / count, own)
            degreesOfFreedom = Satterthwaite.degreesOfFreedom(ofMean: variances)
        case .pairs(let forms, let inner):
            variance = varianceOfPairs(view, forms: forms, inner: inner) ?? own + covariance
            degreesOfFreedom = max(1, count - 1)
        }
        return Estimate(
            value: estimates.reduce(0, +) / count,
            standardError: ((variance + (count - 1) * covariance) / count + rounding * rounding).squareRoot(),
            degreesOfFreedom: degreesOfFreedom, scale: scale)
    }

    /// D.
    var freedom: Double { Double(dimension - directions.rows + 1) }

    /// A form in the coordinates of the directions.
    struct View {
        let form: Form
        /// [i, j] = sᵢᵀ (QᵀBQ) sⱼ
        let rotated: Square
        /// [i, j] = sⱼ·QᵀBμᵢ
        let coupled: Square
    }

    private func view(_ form: Form) -> View {
        let order = directions.rows
        let half = Matrix<Double>(rows: order, columns: order)
        half.assign(product: directions.plain, Self.matrix(form.inside).plain)
        return View(
            form: form, rotated: Square(half, timesTransposed: directions),
            coupled: Square(Self.matrix(form.couplings), timesTransposed: directions))
    }

    /// dᵢⱼ = tᵢ − tᵢ₍ⱼ₎.
    private func difference(_ i: Int, _ j: Int, _ view: View) -> Double {
        // sᵢ = ± sⱼ: without one of them the other leaves nothing more.
        guard let wider = wider(i, without: j, view) else { return 0 }
        return wider.inside + freedom / squares[i] * view.form.values[i]
            - (freedom + 1) / wider.square * wider.value
    }

    /// μᵢ₍ⱼ₎, what is projected out of ωᵢ where ωⱼ is left out of the sketch as well: the unit vector
    /// u ∝ sⱼ − (sᵢ·sⱼ) sᵢ leaves the basis, and p Qᵀu joins μᵢ, p = u·Qωᵢ.
    struct Wider {
        /// √(1 − (sᵢ·sⱼ)²)
        let length: Double
        let p: Double
        /// uᵀ (QᵀBQ) u
        let inside: Double
        /// μᵢ₍ⱼ₎ᵀBμᵢ₍ⱼ₎ and ‖μᵢ₍ⱼ₎‖²
        let value: Double
        let square: Double
    }

    /// - Returns: nil where sᵢ and sⱼ are one direction.
    func wider(_ i: Int, without j: Int, _ view: View) -> Wider? {
        let overlap = overlaps[i, j]
        let rest = 1 - overlap * overlap
        guard rest > 1e-12 else { return nil }
        let length = rest.squareRoot()
        let p = (projections[i, j] - overlap * projections[i, i]) / length
        let coupling = (view.coupled[i, j] - overlap * view.coupled[i, i]) / length
        let rotated = view.rotated
        let inside =
            (rotated[j, j] - overlap * (rotated[i, j] + rotated[j, i]) + overlap * overlap * rotated[i, i]) / rest
        return Wider(
            length: length, p: p, inside: inside, value: view.form.values[i] + 2 * p * coupling + p * p * inside,
            square: squares[i] + p * p)
    }

    private static func matrix(_ rows: [[Double]]) -> Matrix<Double> {
        Vector(rows.flatMap { $0 }).matrix(rows: rows.count, columns: rows.first?.count ?? 0)
    }
}

/// A small square matrix as an array: the loops over pairs read single entries.
struct Square {
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
