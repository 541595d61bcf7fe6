import LinearAlgebra

/// One start vector's Lanczos process, between two products with the operator.
final class LanczosProcess<Element: Scalar> {
    private let basis: Matrix<Element>
    /// Where the operator leaves A qⱼ.
    let image: Vector<Element>
    private let configuration: LanczosConfiguration
    private let epsilon = Double(Element.ulpOfOne)

    private var alpha: [Double] = []
    /// β₀ … βⱼ; as long as `alpha` once a step is done.
    private var beta: [Double] = []
    private var normEstimate = 0.0
    private var orthogonality: OrthogonalityEstimate
    private var reorthogonalisations = 0
    private var breakdown = false

    init(start: Vector<Element>, space: LanczosWorkspace<Element>, configuration: LanczosConfiguration) throws {
        basis = space.basis
        image = space.image
        self.configuration = configuration
        orthogonality = OrthogonalityEstimate(epsilon: Double(Element.ulpOfOne), dimension: space.basis.columns)
        precondition(start.count == basis.columns, "a start of \(start.count) for an operator of \(basis.columns)")
        // In double first: the squares of a float vector may leave the range of floats, their sum does not in double.
        let norm = Basis.dot(start, start, workers: configuration.workers).squareRoot()
        guard norm.isFinite, norm > 0 else { throw KrylovFailure.unusableStart(norm: norm) }
        Basis.assign(start, times: Element(1 / norm), to: basis.row(0), workers: configuration.workers)
    }

    /// qⱼ, which the operator is to be applied to.
    var vector: Vector<Element> { basis.row(alpha.count) }

    var isFinished: Bool { breakdown || isFull }

    private var isFull: Bool { alpha.count == basis.rows }

    /// Takes A qⱼ from `image` and goes on to qⱼ₊₁.
    func advance() throws {
        let norm =
            switch configuration.reorthogonalisation {
            case .full: projectFully()
            case .partial: projectLocally()
            }
        guard norm.isFinite, alpha.last!.isFinite else {
            throw KrylovFailure.productIsNotFinite(product: alpha.count)
        }
        beta.append(norm)
        normEstimate = max(normEstimate, abs(alpha.last!) + norm + (beta.dropLast().last ?? 0))
        // The last w does not become a basis vector.
        if configuration.reorthogonalisation == .partial, !isExhausted, !isFull { projectWhereNeeded() }
        if isExhausted {
            breakdown = true
        } else if !isFull {
            Basis.assign(
                image, times: Element(1 / beta.last!), to: basis.row(alpha.count), workers: configuration.workers)
        }
    }

    func decomposition() -> LanczosDecomposition<Element> {
        let used = basis.rows(0..<alpha.count)
        return LanczosDecomposition(
            diagonal: alpha, offDiagonal: Array(beta.dropLast()), residualNorm: breakdown ? 0 : beta.last!,
            basis: configuration.keepsBasis ? used : nil, breakdown: breakdown,
            orthogonalityLoss: Basis.orthogonalityLoss(of: used, workers: configuration.workers),
            reorthogonalisations: reorthogonalisations, products: alpha.count)
    }

    /// Whether the last β is rounding alone, or the whole space is spanned.
    private var isExhausted: Bool {
        beta.last! <= roundingFactor * epsilon * normEstimate || alpha.count == basis.columns
    }

    /// w against all vectors; its norm.
    private func projectFully() -> Double {
        let rows = basis.rows(0..<alpha.count + 1)
        let projection = project(image, outOf: rows, epsilon: epsilon, workers: configuration.workers)
        alpha.append(projection.coefficients.last!)
        reorthogonalisations += 1
        return projection.norm
    }

    /// w against qⱼ₋₁ and qⱼ, twice where once leaves more than rounding; its norm.
    ///
    /// Semi-orthogonality needs neighbours that are orthogonal to rounding.
    private func projectLocally() -> Double {
        let step = alpha.count
        let workers = configuration.workers
        let neighbours = basis.rows(max(0, step - 1)..<step + 1)
        var diagonal = Basis.dot(image, basis.row(step), workers: workers)
        let known = step > 0 ? [beta[step - 1], diagonal] : [diagonal]
        let left = Basis.subtract(known, of: neighbours, from: image, workers: workers)
        var norm = left.squaredNorm.squareRoot()
        if left.coefficients.contains(where: { abs($0) > epsilon * norm }) {
            diagonal += left.coefficients.last!
            norm = Basis.remove([left.coefficients], of: neighbours, from: [image], workers: workers)[0][0].squareRoot()
        }
        alpha.append(diagonal)
        return norm
    }

    /// Where the estimate asks for it: qⱼ and w together against the earlier vectors, then w against qⱼ.
    private func projectWhereNeeded() {
        let step = alpha.count - 1
        let estimate = orthogonality.advance(alpha: alpha, beta: beta, norm: normEstimate)
        guard estimate > epsilon.squareRoot() else { return }
        let workers = configuration.workers
        let earlier = basis.rows(0..<orthogonality.affected)
        let current = basis.row(step)
        var measured = 0.0
        var square = beta[step] * beta[step]
        var local = 0.0
        for pass in 0..<3 {
            let found = Basis.coefficients(of: [current, image], in: earlier, workers: workers)
            let loss = found[1].reduce(0) { max($0, abs($1)) } / square.squareRoot()
            if pass == 0 { measured = loss }
            let left = Basis.remove(found, of: earlier, from: [current, image], workers: workers)
            local = left[1][0] / left[0][0]
            square = left[1][1]
            // One pass takes a loss of √eps down to eps; more is lost only where w itself is little but rounding.
            if loss <= epsilon.squareRoot() { break }
        }
        // qⱼ·w has changed by the product of what both have lost, mostly far below rounding.
        if abs(local) > epsilon * square.squareRoot() {
            let neighbour = current.matrix(rows: 1, columns: current.count)
            square = Basis.remove([[local]], of: neighbour, from: [image], workers: workers)[0][0]
        }
        orthogonality.reset(earlier.rows, measured: measured)
        beta[step] = square.squareRoot()
        reorthogonalisations += 1
    }
}

/// w ← (I − QᵀQ) w by classical Gram–Schmidt, each coefficient and sum in double.
///
/// The basis is read once for the coefficients, and once to subtract, when the coefficients of what is left are found
/// too. Only where these exceed rounding (`2 eps ‖w‖`; storing w leaves ½ eps ‖w‖ at most in any direction) are they
/// subtracted as well: "twice is enough" (Giraud, Langou and Rozložník 2005), and here the second time is measured to be
/// needed. It is, where w loses most of its length.
///
/// - Returns: all that was projected out, and the norm of what is left.
func project<Element: Scalar>(
    _ w: Vector<Element>, outOf rows: Matrix<Element>, epsilon: Double, workers: Workers
) -> (coefficients: [Double], norm: Double) {
    var total = Basis.coefficients(of: w, in: rows, workers: workers)
    var (left, square) = Basis.subtract(total, of: rows, from: w, workers: workers)
    for _ in 0..<2 {
        let bound = 2 * epsilon * square.squareRoot()
        guard left.contains(where: { abs($0) > bound }) else { break }
        for index in total.indices { total[index] += left[index] }
        (left, square) = Basis.subtract(left, of: rows, from: w, workers: workers)
    }
    return (total, square.squareRoot())
}
