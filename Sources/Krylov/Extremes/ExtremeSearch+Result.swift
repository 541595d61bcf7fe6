import LinearAlgebra

extension ExtremeSearch {
    /// The result, if the operator agrees that all wanted pairs are within bounds; otherwise the search goes on with
    /// stricter estimates.
    func confirm(_ ritz: RitzPairs) throws -> ExtremeEigenpairs<Element>? {
        let result = try measure(ritz, stop: .converged)
        if result.pairs.allSatisfy(\.converged) { return result }
        strictness /= 2
        // What the residuals have that the decomposition does not know of (a restart may have let a pending vector go)
        // is taken in, the worst first.
        let worst = result.pairs.indices.filter { !result.pairs[$0].converged }
            .sorted { result.pairs[$0].residual > result.pairs[$1].residual }
        active = try worst.prefix(block).compactMap { try schur.addResidual(of: $0, with: target) }
        if active.isEmpty { active = Array(schur.pending.prefix(block)) }
        guard strictness < 0.003 || active.isEmpty else { return nil }
        return outcome(result, stop: .stagnated)
    }

    /// The best so far, with residuals from the operator.
    func conclude(_ stop: ExtremeEigenpairs<Element>.Stop) throws -> ExtremeEigenpairs<Element> {
        guard !schur.expanded.isEmpty else {
            return ExtremeEigenpairs(
                pairs: [], stop: stop, products: schur.products, restarts: schur.restarts, verification: verification,
                roundingResidual: bound(for: 0), orthogonalityLoss: 0, vectorOrthogonalityLoss: 0)
        }
        if stop == .exhausted {
            verification.missProbability = 0
            verification.isVerified = true
        }
        schur.readmit()
        return try measure(try schur.ritzPairs(), stop: stop)
    }

    private func outcome(
        _ result: ExtremeEigenpairs<Element>, stop: ExtremeEigenpairs<Element>.Stop
    ) -> ExtremeEigenpairs<Element> {
        ExtremeEigenpairs(
            pairs: result.pairs, stop: stop, products: result.products, restarts: result.restarts,
            verification: result.verification, roundingResidual: result.roundingResidual,
            orthogonalityLoss: result.orthogonalityLoss, vectorOrthogonalityLoss: result.vectorOrthogonalityLoss)
    }

    /// Restarts, so that the wanted Ritz vectors are the first rows, and multiplies them.
    private func measure(
        _ ritz: RitzPairs, stop: ExtremeEigenpairs<Element>.Stop
    ) throws -> ExtremeEigenpairs<Element> {
        let workers = configuration.workers
        let loss = Krylov.orthogonalityLoss(of: schur.basis.rows(0..<schur.used), workers: workers)
        let restarts = schur.restarts
        let chosen = configuration.end.select(count, of: ritz.values)
        restart(ritz)
        // This one serves the result, not the search.
        schur.restarts = restarts
        schur.polish(first: chosen.count)
        let vectors = schur.basis.rows(0..<chosen.count)
        let vectorLoss = Krylov.orthogonalityLoss(of: vectors, workers: workers)
        let isOrthonormal = loss <= schur.epsilon.squareRoot() && vectorLoss <= vectorLossLimit
        let found = try residuals(of: vectors)
        let wanted = Set(chosen.map(\.index))
        let others = ritz.values.indices.filter { !wanted.contains($0) }
            .map { (value: ritz.values[$0], residual: ritz.estimates[$0]) }
        // Of a run cut short the other Ritz values need not be near the other eigenvalues.
        let isPartial = stop == .productLimit || stop == .ended
        let bounds = isPartial ? found.map(\.residual) : errorBounds(of: found, others: others)
        // About 10 eps‖A‖ is the rounding of a product and of what surrounds it: see `lanczos(_:starts:_:)`.
        let rounding = 10 * schur.epsilon * schur.norm
        let pairs = chosen.indices.map { row in
            Eigenpair(
                value: found[row].value, residual: found[row].residual, errorBound: bounds[row] + rounding,
                end: chosen[row].isUpper ? .largest : .smallest,
                converged: isOrthonormal && found[row].residual <= bound(for: found[row].value),
                vector: vectors.row(row))
        }
        return ExtremeEigenpairs(
            pairs: pairs, stop: stop, products: schur.products + residualProducts, restarts: schur.restarts,
            verification: verification, roundingResidual: bound(for: 0), orthogonalityLoss: loss,
            vectorOrthogonalityLoss: vectorLoss)
    }

    /// What one orthogonalisation leaves at most: 2 eps in each direction, the rounding of the vector and of its length;
    /// and of sums in double over 256 numbers in a row, which count where eps is that of double itself.
    private var vectorLossLimit: Double { 8 * schur.epsilon + 256 * Double.ulpOfOne }

    /// Rayleigh quotients and residual norms of unit vectors, from products made for them in blocks as large as the
    /// operator likes and the free rows of the basis allow.
    private func residuals(of vectors: Matrix<Element>) throws -> [(value: Double, residual: Double)] {
        let free = (schur.used..<schur.basis.rows).map { schur.basis.row($0) }
        let images = Array((schur.images + free).prefix(max(1, target.blockSize)))
        var result: [(value: Double, residual: Double)] = []
        for first in stride(from: 0, to: vectors.rows, by: images.count) {
            let batch = (first..<min(vectors.rows, first + images.count)).map { vectors.row($0) }
            try target.apply(to: batch, into: Array(images.prefix(batch.count)))
            for (vector, image) in zip(batch, images) {
                residualProducts += 1
                let square = Basis.dot(vector, vector, workers: configuration.workers)
                let value = Basis.dot(vector, image, workers: configuration.workers) / square
                guard value.isFinite else {
                    throw KrylovFailure.productIsNotFinite(product: schur.products + residualProducts)
                }
                let line = vector.matrix(rows: 1, columns: vector.count)
                let left = Basis.remove([[value]], of: line, from: [image], workers: configuration.workers)[0][0]
                result.append((value, (left / square).squareRoot()))
            }
        }
        return result
    }
}
