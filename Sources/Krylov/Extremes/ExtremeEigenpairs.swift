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
    /// The end of the spectrum that it was counted from.
    public let end: End
    /// Whether the residual is at most `tolerance · |θ|` or at rounding, `30 eps ‖A‖`.
    public let converged: Bool
    /// v, `[dimension]`, of length 1.
    public let vector: Vector<Element>
}

/// The outcome of a search for extreme eigenpairs, complete or not.
public struct ExtremeEigenpairs<Element: Scalar>: Sendable {
    /// Best first: by absolute value, or from the wanted end inwards; fewer than asked for where the Krylov space has no
    /// more.
    public let pairs: [Eigenpair<Element>]
    /// Products with the operator, those for the residuals included.
    public let products: Int
    public let restarts: Int
    /// Whether the Krylov space was exhausted: every eigenvalue that the start vector can see is then among the Ritz
    /// values.
    public let exhausted: Bool
    /// max |Q Qᵀ − I| of the last basis.
    public let orthogonalityLoss: Double

    /// Whether every pair has converged.
    public var converged: Bool { pairs.allSatisfy(\.converged) }
}

/// The `count` extreme eigenpairs of a symmetric operator, by thick-restart Lanczos with full reorthogonalisation.
///
/// Single-vector Krylov: a start vector orthogonal to an eigenspace cannot see it, and each *distinct* eigenvalue is
/// found once, whatever its multiplicity (rounding may in time let a second copy in; a basis held orthogonal gives no
/// ghosts, which are copies beyond the multiplicity). The start vector is normal random, so it sees every eigenspace
/// with probability one. As with any Krylov method an eigenvalue close to a converged one may still be missed.
///
/// The search stops when the estimate |βₘ sₘᵢ| ≤ max(tol · |θ|, 30 eps ‖T‖) holds for all wanted pairs (s the last row
/// of T's eigenvectors; the second bound is the rounding of a product, below which no residual goes), when the space is
/// exhausted, or after `maximumSteps`. Then every pair's residual is computed from the operator; pairs that miss the
/// same bound come with `converged` false.
///
/// Source: Wu and Simon, SIAM J. Matrix Anal. Appl. 22 (2000).
///
/// - Returns: also without convergence, the best that was found.
/// - Throws: `KrylovFailure`, `FactorisationFailure`, or what the operator throws.
/// - Complexity: memory for as many vectors as steps were taken, `basisLimit + 1` at most.
public func extremeEigenpairs<Operator: SymmetricOperator>(
    of target: Operator, count: Int, _ configuration: ExtremeConfiguration = ExtremeConfiguration()
) throws -> ExtremeEigenpairs<Operator.Element> {
    typealias Element = Operator.Element
    precondition(count >= 1 && target.dimension >= 1, "\(count) eigenpairs of an operator of \(target.dimension)")
    let limit = ExtremeConfiguration.basisLength(
        count: count, dimension: target.dimension, limit: configuration.basisLimit)
    let search = try ThickRestart<Element>(dimension: target.dimension, limit: limit, configuration: configuration)
    while true {
        try target.apply(to: [search.vector], into: [search.image])
        try search.advance()
        guard search.isDueForCheck || search.products == configuration.maximumSteps else { continue }
        let ritz = try search.ritzPairs(count)
        if ritz.converged || search.isExhausted || search.products == configuration.maximumSteps {
            return try finish(search, ritz, target: target, configuration: configuration)
        }
        if search.isFull { search.restart(keeping: ritz) }
    }
}

/// Ritz vectors, their Rayleigh quotients and residuals from products of their own.
private func finish<Operator: SymmetricOperator>(
    _ search: ThickRestart<Operator.Element>, _ ritz: RitzPairs, target: Operator, configuration: ExtremeConfiguration
) throws -> ExtremeEigenpairs<Operator.Element> {
    let orthogonalityLoss = search.orthogonalityLoss
    // The Ritz vectors take the place of the basis, which has done its work.
    let vectors = search.rotate(by: ritz.rows(ritz.chosen.map(\.index)))
    let image = search.image
    var pairs: [Eigenpair<Operator.Element>] = []
    for (row, choice) in ritz.chosen.enumerated() {
        let vector = vectors.row(row)
        vector.scale(by: Operator.Element(1 / vector.norm))
        try target.apply(to: [vector], into: [image])
        let square = Basis.dot(vector, vector, workers: configuration.workers)
        let value = Basis.dot(vector, image, workers: configuration.workers) / square
        guard value.isFinite else {
            throw KrylovFailure.productIsNotFinite(product: search.products + row + 1)
        }
        let line = vector.matrix(rows: 1, columns: vector.count)
        let left = Basis.remove([[value]], of: line, from: [image], workers: configuration.workers)[0][0]
        let residual = (left / square).squareRoot()
        pairs.append(
            Eigenpair(
                value: value, residual: residual, end: choice.isUpper ? .largest : .smallest,
                converged: residual <= search.bound(for: value), vector: vector))
    }
    return ExtremeEigenpairs(
        pairs: pairs, products: search.products + pairs.count, restarts: search.restarts,
        exhausted: search.isExhausted, orthogonalityLoss: orthogonalityLoss)
}
