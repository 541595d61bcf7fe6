import LinearAlgebra

/// One start vector's Lanczos process, between two products with the operator.
final class LanczosProcess<Element: Scalar> {
    let basis: Matrix<Element>
    /// Where the operator leaves A qⱼ.
    let image: Vector<Element>
    private let configuration: LanczosConfiguration
    /// V, `[k, dimension]`: the process runs for (I − VᵀV) A (I − VᵀV) in its complement.
    private let deflated: Matrix<Element>?
    private let epsilon = Double(Element.ulpOfOne)

    // What follows, and the basis, is the process' whole state.
    var alpha: [Double] = []
    /// β₀ … βⱼ; as long as `alpha` once a step is done.
    var beta: [Double] = []
    var normEstimate = 0.0
    var orthogonality: OrthogonalityEstimate
    var reorthogonalisations = 0
    var breakdown = false

    /// - Parameters:
    ///   - start: `[dimension]`, unchanged; with `deflated` its part in the complement is taken.
    ///   - deflated: orthonormal rows to about √eps, `[k, dimension]` with k < dimension.
    ///   - norm: what ‖A‖ is at least, of the whole operator: a product's rounding is eps times that, also where what
    ///     deflation leaves is rounding alone.
    convenience init(
        start: Vector<Element>, space: LanczosWorkspace<Element>, configuration: LanczosConfiguration,
        deflating deflated: Matrix<Element>? = nil, norm known: Double = 0
    ) throws {
        self.init(space: space, configuration: configuration, deflating: deflated)
        normEstimate = known
        precondition(start.count == basis.columns, "a start of \(start.count) for an operator of \(basis.columns)")
        let workers = configuration.workers
        // In double first: the squares of a float vector may leave the range of floats, their sum does not in double.
        let whole = Basis.dot(start, start, workers: workers).squareRoot()
        guard whole.isFinite, whole > 0 else { throw KrylovFailure.unusableStart(norm: whole) }
        let first = basis.row(0)
        Basis.assign(start, times: Element(1 / whole), to: first, workers: workers)
        guard let deflated else { return }
        let norm = project(first, outOf: deflated, epsilon: epsilon, workers: workers).norm
        guard norm > roundingFactor * epsilon else { throw KrylovFailure.unusableStart(norm: norm) }
        first.scale(by: Element(1 / norm))
    }

    /// A process before its start vector is in the basis.
    init(space: LanczosWorkspace<Element>, configuration: LanczosConfiguration, deflating deflated: Matrix<Element>?) {
        basis = space.basis
        image = space.image
        self.configuration = configuration
        self.deflated = deflated
        orthogonality = OrthogonalityEstimate(epsilon: Double(Element.ulpOfOne), dimension: space.basis.columns)
    }

    /// The order of the operator less the deflated vectors: no Krylov space is larger.
    private var room: Int { basis.columns - (deflated?.rows ?? 0) }

    /// qⱼ, which the operator is to be applied to.
    var vector: Vector<Element> { basis.row(alpha.count) }

    var isFinished: Bool { breakdown || isFull }

    private var isFull: Bool { alpha.count == basis.rows }

    /// Takes A qⱼ from `image` and goes on to qⱼ₊₁.
    func advance() throws {
        if let deflated {
            _ = project(image, outOf: deflated, epsilon: epsilon, workers: configuration.workers)
        }
        var norm =
            switch configuration.reorthogonalisation {
            case .full: projectFully()
            case .partial: projectLocally()
            }
        // α qⱼ and β qⱼ₋₁ brought their own rounding in V back: it would grow from step to step like any lost
        // orthogonality, and V would come in as a ghost at 0.
        if let deflated {
            norm = keep(image, outOf: deflated, norm: norm, epsilon: epsilon, workers: configuration.workers)
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
        let workers = configuration.workers
        var loss = Basis.orthogonalityLoss(of: used, workers: workers)
        if let deflated {
            let overlaps = Basis.coefficients(of: (0..<deflated.rows).map(deflated.row), in: used, workers: workers)
            loss = overlaps.joined().reduce(loss) { max($0, abs($1)) }
        }
        return LanczosDecomposition(
            diagonal: alpha, offDiagonal: Array(beta.dropLast()), residualNorm: breakdown ? 0 : beta.last!,
            basis: configuration.keepsBasis ? used : nil, breakdown: breakdown,
            orthogonalityLoss: loss,
            reorthogonalisations: reorthogonalisations, products: alpha.count)
    }

    /// Whether the last β is rounding alone, or the whole space is spanned.
    private var isExhausted: Bool {
        beta.last! <= roundingFactor * epsilon * normEstimate || alpha.count == room
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
