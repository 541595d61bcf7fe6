public import LinearAlgebra

/// Lanczos' method from one start vector.
///
/// - Parameter start: `[dimension]`, of any norm but zero; unchanged.
/// - Throws: `KrylovFailure`, or what the operator throws.
/// - Complexity: `steps` products; 4 · steps · dimension flops for every reorthogonalisation; a basis of
///   steps · dimension numbers. See `lanczos(_:starts:_:)`.
public func lanczos<Operator: SymmetricOperator>(
    _ target: Operator, start: Vector<Operator.Element>, _ configuration: LanczosConfiguration
) throws -> LanczosDecomposition<Operator.Element> {
    try lanczos(target, starts: [start], configuration)[0]
}

/// Lanczos' method from several start vectors, `probesAtOnce` of them in lockstep, so that their products go through
/// the operator as one block. A start vector whose Krylov space is exhausted drops out of the block.
///
/// The products are in the operator's precision, all inner products, norms and coefficients in double. Step j:
/// `w = A qⱼ − βⱼ₋₁ qⱼ₋₁ − αⱼ qⱼ`, `αⱼ = qⱼ·A qⱼ`, `βⱼ = ‖w‖`, `qⱼ₊₁ = w / βⱼ`, with w reorthogonalised as
/// configured.
///
/// The space is exhausted when `βⱼ ≤ 30 eps ‖T‖`. In exact arithmetic β would be 0 then; what is left is the rounding
/// of qⱼ and of A qⱼ in storage, ½ eps‖A‖ each at most, that of the product itself, a few eps‖A‖ for sums accumulated
/// in vector lanes, and what earlier steps left, enlarged by ‖A‖/βⱼ₋₁: about 10 eps‖A‖ together, and three times that
/// where a β was small. The sum over the basis is in double and rounded once, so that the bound does not grow with j.
/// ‖T‖ is estimated by the largest row sum of |T| so far, which is at most √3 times too large. An exhausted space
/// that is noticed a step late does no harm: its further Ritz values have weights of (β/gap)², far below rounding; one
/// declared too early would cut the spectrum. Hence no larger bound.
///
/// Source: Lanczos, J. Res. NBS 45 (1950); Paige, J. Inst. Maths Applics 10 (1972) for the order of operations;
/// Simon, Math. Comp. 42 (1984) for partial reorthogonalisation.
///
/// - Parameter starts: each `[dimension]`, none zero; unchanged.
/// - Returns: one decomposition for each start, in their order.
/// - Throws: `KrylovFailure`, or what the operator throws.
public func lanczos<Operator: SymmetricOperator>(
    _ target: Operator, starts: [Vector<Operator.Element>], _ configuration: LanczosConfiguration
) throws -> [LanczosDecomposition<Operator.Element>] {
    typealias Element = Operator.Element
    precondition(target.dimension >= 1, "an operator of dimension \(target.dimension)")
    var results: [LanczosDecomposition<Element>] = []
    var spaces: [LanczosWorkspace<Element>] = []
    let rows = min(configuration.steps, target.dimension)
    for first in stride(from: 0, to: starts.count, by: configuration.probesAtOnce) {
        let batch = starts[first..<min(starts.count, first + configuration.probesAtOnce)]
        // A basis that leaves with its decomposition cannot serve the next batch.
        if configuration.keepsBasis { spaces = [] }
        while spaces.count < batch.count { spaces.append(LanczosWorkspace(rows: rows, dimension: target.dimension)) }
        let processes = LanczosBatch(
            try zip(batch, spaces).map { start, space in
                try LanczosProcess(start: start, space: space, configuration: configuration)
            })
        while !processes.isFinished { try processes.step(target) }
        results += processes.decompositions()
    }
    return results
}

/// βⱼ below this times eps‖T‖ is rounding, and so is a residual; derived at `lanczos(_:starts:_:)`.
let roundingFactor = 30.0
