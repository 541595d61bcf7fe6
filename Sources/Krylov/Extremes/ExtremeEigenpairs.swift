public import LinearAlgebra

/// An approximate eigenvalue and eigenvector with the residual that the operator itself gives them.
public struct Eigenpair<Element: Scalar>: Sendable {
    /// An end of the spectrum.
    public enum End: String, Sendable, Codable {
        case largest
        case smallest
    }

    /// θ = vᵀAv / vᵀv.
    public let value: Double
    /// ‖A v − θ v‖ / ‖v‖, from a product made for it; an eigenvalue of A lies within it of θ.
    public let residual: Double
    /// How far θ may be from its eigenvalue: the residual, or, in a run that was not cut short, residual² / gap where that
    /// is less, plus 10 eps‖A‖ for the rounding of products. The gap is that to the other Ritz values less their
    /// residuals, for a cluster that of all its pairs: *assumed* is that no eigenvalue between was missed.
    public let errorBound: Double
    /// The end of the spectrum that it was counted from.
    public let end: End
    /// Whether the residual is at most `tolerance · |θ|` or at rounding, `30 eps ‖A‖`, and the basis and the returned
    /// vectors were measured to be orthonormal (`orthogonalityLoss`, `vectorOrthogonalityLoss`).
    public let converged: Bool
    /// v, `[dimension]`, of length 1 and orthogonal to the other pairs' to rounding; a row of the search's basis, whose
    /// memory lives as long as it does (`copy()` it to keep it alone).
    public let vector: Vector<Element>
}

/// The outcome of a search for extreme eigenpairs, complete or not.
public struct ExtremeEigenpairs<Element: Scalar>: Sendable {
    /// Why a search ended.
    public enum Stop: String, Sendable, Codable {
        /// All wanted pairs are within bounds, and the verification has been done.
        case converged
        /// The basis spans the whole space: all eigenvalues are known, fewer perhaps than were wanted.
        case exhausted
        /// `maximumSteps` products were made.
        case productLimit = "product-limit"
        /// The caller ended it.
        case ended
        /// The residuals from the operator do not follow the projection's, nine times over: the operator is not
        /// symmetric, not the same from one product to the next, or less exact than its precision.
        case stagnated
    }

    /// Best first: by absolute value, or from the wanted end inwards; each eigenvalue as often as it is multiple. Fewer
    /// than asked for where the space has no more, or where the run ended too soon.
    public let pairs: [Eigenpair<Element>]
    public let stop: Stop
    /// Products with the operator, those for verification and residuals included.
    public let products: Int
    public let restarts: Int
    /// What is known about eigenvalues that might have been missed.
    public let verification: Verification
    /// 30 eps ‖A‖: a residual that is no larger is rounding.
    public let roundingResidual: Double
    /// max |Q Qᵀ − I| of the last basis, in double precision.
    public let orthogonalityLoss: Double
    /// max |V Vᵀ − I| of the returned vectors, in double precision.
    public let vectorOrthogonalityLoss: Double

    /// Whether the search ended of itself and every pair is within bounds.
    public var converged: Bool { !isPartial && pairs.allSatisfy(\.converged) }
    /// Whether the run was cut short: what is here is the best so far.
    public var isPartial: Bool { stop == .productLimit || stop == .ended }
    /// Whether the basis spans the whole space.
    public var exhausted: Bool { stop == .exhausted }
}

/// The `count` extreme eigenpairs of a symmetric operator, multiple ones as often as they are, by block Krylov–Schur
/// (thick-restart Lanczos) with full reorthogonalisation and verification.
///
/// The search stops when the estimate ‖B s‖ (A's couplings of a Ritz vector with what lies outside the basis) is at most
/// max(tol · |θ|, 30 eps ‖T‖) for all wanted pairs; the second bound is the rounding of a product, below which no
/// residual goes. Where the Krylov space is exhausted before, a random vector outside it joins. Then `Verification`
/// looks for what the Krylov space cannot show, further copies of an eigenvalue above all. Last, every pair's residual
/// is computed from the operator, and the basis is measured for orthogonality; where a residual misses the bound the
/// search goes on with a stricter one. The basis must be orthonormal to √eps, since T is then the projection up to
/// O(eps ‖A‖) (Simon 1984) and no eigenvalue can show twice; the returned vectors to 8 eps (and, in
/// double, the rounding of sums), what one orthogonalisation leaves.
///
/// Source: Wu and Simon, SIAM J. Matrix Anal. Appl. 22 (2000); Stewart, SIAM J. Matrix Anal. Appl. 23 (2001); Ruhe,
/// Math. Comp. 33 (1979) for bands.
///
/// - Parameter control: ends the run early, takes snapshots, resumes from one: to the same bytes, if the operator, `count`
///   and the configuration are the same (`maximumSteps`, `workers` may differ).
/// - Returns: also without convergence, the best that was found.
/// - Throws: `KrylovFailure`, `FactorisationFailure`, or what the operator throws.
/// - Complexity: memory for `basisLimit` vectors and `2 blockSize` more.
public func extremeEigenpairs<Operator: SymmetricOperator>(
    of target: Operator, count: Int, _ configuration: ExtremeConfiguration = ExtremeConfiguration(),
    control: RunControl<Operator.Element> = RunControl()
) throws -> ExtremeEigenpairs<Operator.Element> {
    precondition(count >= 1 && target.dimension >= 1, "\(count) eigenpairs of an operator of \(target.dimension)")
    precondition(configuration.blockSize >= 1, "blocks of \(configuration.blockSize)")
    let search = ExtremeSearch(target, count: count, configuration)
    if let snapshot = control.resumed { try search.resume(from: snapshot) } else { search.start() }
    return try search.run(control)
}
