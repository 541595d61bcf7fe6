import LinearAlgebra

/// A search for extreme eigenpairs under way: which vector is expanded next, and when enough is known.
final class ExtremeSearch<Operator: SymmetricOperator> {
    typealias Element = Operator.Element

    enum Phase: Equatable {
        case search
        case verification
    }

    let target: Operator
    let count: Int
    let configuration: ExtremeConfiguration
    let schur: KrylovSchur<Element>
    /// The pending rows to expand next, first ones first.
    var active: [Int] = []
    var phase = Phase.search
    var round = VerificationRound()
    var verification = Verification()
    /// Whether a round has ended without a finding, so that what is wanted needs only to converge.
    var isVerificationOver = false
    /// The share of the bound that estimates must keep to; halved when a residual from the operator misses the bound.
    var strictness = 0.95
    /// Products spent on residuals from the operator.
    var residualProducts = 0
    private var stepsSinceCheck = 0

    init(_ target: Operator, count: Int, _ configuration: ExtremeConfiguration) {
        self.target = target
        self.count = count
        self.configuration = configuration
        schur = KrylovSchur(
            rows: configuration.basisRows(count: count, dimension: target.dimension), dimension: target.dimension,
            block: min(configuration.blockSize, target.dimension), seed: configuration.seed,
            workers: configuration.workers)
    }

    var block: Int { schur.images.count }

    func start() { active = (0..<block).compactMap { _ in schur.addRandomVector() } }

    /// The residual that a converged pair has at most.
    func bound(for value: Double) -> Double {
        max(configuration.tolerance * abs(value), roundingFactor * schur.epsilon * schur.norm)
    }

    func run(_ control: RunControl<Element>) throws -> ExtremeEigenpairs<Element> {
        while true {
            if control.isOver() { return try conclude(.ended) }
            if schur.products >= configuration.maximumSteps { return try conclude(.productLimit) }
            try advance()
            guard isDueForCheck else { continue }
            stepsSinceCheck = 0
            if let result = try check() { return result }
            // No vector outside the basis could be had, though it does not span the space: rounding alone is left.
            if active.isEmpty { return try conclude(.stagnated) }
            try control.offer { snapshot() }
        }
    }

    /// One block product.
    private func advance() throws {
        if !schur.hasRoom(for: min(block, active.count)) {
            schur.readmit()
            restart(try schur.ritzPairs())
        }
        let rows = Array(active.prefix(min(block, configuration.maximumSteps - schur.products)))
        active.removeFirst(rows.count)
        active += try schur.expand(rows, with: target)
        stepsSinceCheck += 1
        guard phase == .verification else { return }
        verification.products += rows.count
        round.products += rows.count
        guard !round.isCut else { return }
        round.chain += rows
        if active.count <= block { round.steps += 1 }
    }

    /// Ritz values are looked at every thirty-second of a basis: their cost grows as the cube of its length. The cut
    /// chain of a verification is looked at in the same rhythm, a whole one when its bound may suffice.
    private var isDueForCheck: Bool {
        if active.isEmpty || schur.products >= configuration.maximumSteps || schur.spansEverything { return true }
        if phase == .verification, !round.isCut {
            return round.products >= verificationLimit
                || round.isDue(target: configuration.missProbability, dimension: schur.dimension)
        }
        return schur.expanded.count >= min(count, schur.dimension)
            && stepsSinceCheck >= max(1, schur.basis.rows / (32 * block))
    }

    private var verificationLimit: Int {
        configuration.verificationLimit
            ?? max(24 * block, (schur.products - verification.products) / 3)
    }

    private func check() throws -> ExtremeEigenpairs<Element>? {
        var ritz = try schur.ritzPairs()
        if schur.spansEverything { return try conclude(.exhausted) }
        if phase == .verification {
            let hasFound = round.countBeyond(ritz.values) > round.beyond
            if hasFound { verification.findings += 1 }
            guard try hasFound || isRoundOver(ritz) else { return nil }
            phase = .search
            schur.readmit()
            ritz = try schur.ritzPairs()
            isVerificationOver = !hasFound
        }
        let chosen = configuration.end.select(count, of: ritz.values)
        let open = chosen.map(\.index).filter { ritz.estimates[$0] > strictness * bound(for: ritz.values[$0]) }
        if chosen.count < count || !open.isEmpty {
            aim(ritz, at: open, isShort: chosen.count < count)
        } else if isVerificationOver || configuration.missProbability >= 1 {
            return try confirm(ritz)
        } else {
            beginRound(ritz, chosen)
        }
        return nil
    }

    /// Whether the verification has seen enough, or may not see more.
    private func isRoundOver(_ ritz: RitzPairs) throws -> Bool {
        if !round.isCut {
            round.looks += 1
            let values = try schur.ritzValues(on: round.chain)
            verification.missProbability = round.missProbability(chain: values, dimension: schur.dimension)
            // The chain spans an invariant subspace, in which a random vector sees every eigenvalue.
            if active.isEmpty, round.gap(values) >= -bound(for: 0) { verification.missProbability = 0 }
        }
        verification.isVerified = verification.missProbability <= configuration.missProbability
        return verification.isVerified || active.isEmpty || round.products >= verificationLimit
    }

    /// Chooses the pending vectors that the open pairs miss most; a random one where there are none to follow.
    private func aim(_ ritz: RitzPairs, at open: [Int], isShort: Bool) {
        if isShort, !active.isEmpty { return }
        if !isShort, !schur.pending.isEmpty {
            let weights = schur.pending.indices.map { ritz.weight(of: $0, on: open) }
            let order = schur.pending.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
            active = order.prefix(block).map { schur.pending[$0] }
        } else {
            active = freshVectors(ritz)
        }
    }

    /// A block of random vectors outside the basis, or what is pending where there is nothing outside.
    private func freshVectors(_ ritz: RitzPairs) -> [Int] {
        if !schur.hasRoom(for: 2 * block) { restart(ritz) }
        let rows = (0..<block).compactMap { _ in schur.addRandomVector() }
        return rows.isEmpty ? Array(schur.pending.prefix(block)) : rows
    }

    private func beginRound(_ ritz: RitzPairs, _ chosen: [(index: Int, isUpper: Bool)]) {
        round = VerificationRound()
        let last = ritz.values[chosen.last!.index]
        switch configuration.end {
        case .largestMagnitude:
            round.upper = abs(last) + bound(for: last)
            round.lower = -round.upper
        case .largest, .smallest, .both:
            if let low = chosen.last(where: \.isUpper).map({ ritz.values[$0.index] }) {
                round.upper = low + bound(for: low)
            }
            if let high = chosen.last(where: { !$0.isUpper }).map({ ritz.values[$0.index] }) {
                round.lower = high - bound(for: high)
            }
        }
        // The bound holds for a chain without restarts: it is to have half of the basis, if it may take so long. What
        // is pending goes aside, for eigenvectors that have not been resolved may lie there.
        let rows = schur.basis.rows
        // (In a small basis all that the wanted ones leave: what else is kept would push the chain out at a restart.)
        let half = (rows - count) / 2
        let room = half < 24 * block ? rows : min(verificationLimit + 2 * block, half)
        var (kept, directions) = restartSpace(ritz)
        if schur.pending.count == directions.rows {
            let keep = max(count, min(ritz.values.count, rows - directions.rows - room))
            kept = configuration.end.select(keep, of: ritz.values).map(\.index)
        }
        round.shift(
            by: kept.map { ritz.values[$0] }, squares: kept.map { ritz.estimates[$0] * ritz.estimates[$0] })
        round.beyond = round.countBeyond(ritz.values)
        schur.restart(keeping: kept, of: ritz, directions: directions, goesAside: true)
        active = (0..<block).compactMap { _ in schur.addRandomVector() }
        guard active.isEmpty else {
            verification.rounds += 1
            verification.missProbability = 1
            verification.isVerified = false
            phase = .verification
            return
        }
        // In a space without an outside the pending vectors finish the search.
        schur.readmit()
        active = Array(schur.pending.prefix(block))
    }

    /// What a restart keeps: the wanted Ritz vectors and half of the rest of the basis, the next best ones, which speeds
    /// convergence, with all pending vectors, the active ones first.
    ///
    /// Of too many pending vectors combinations are kept, and only such Ritz vectors beside the converged ones whose
    /// residuals these combinations hold: one that lost its residual could not converge any more.
    private func restartSpace(_ ritz: RitzPairs) -> (kept: [Int], directions: Matrix<Double>) {
        let room = schur.basis.rows - count
        let most = max(2 * block, min(room - 4 * block, room / 3))
        let pending = schur.pending.count
        let free = room - min(most, pending)
        let keep = min(ritz.values.count, count + max(0, min(free / 2, free - 2 * block)))
        let best = configuration.end.select(keep, of: ritz.values).map(\.index)
        guard pending > most else {
            return (best, ritz.identity(first: active.compactMap { schur.pending.firstIndex(of: $0) }))
        }
        let isOpen = { index in ritz.estimates[index] > 0.1 * self.bound(for: ritz.values[index]) }
        let (directions, held) = ritz.directions(of: best.filter(isOpen), limit: most)
        let spare = best.dropFirst(count).filter { !isOpen($0) || held.contains($0) }
        return (best.prefix(count) + spare, directions)
    }

    func restart(_ ritz: RitzPairs) {
        let (kept, directions) = restartSpace(ritz)
        let isWhole = directions.rows == schur.pending.count
        let waiting = active.count
        schur.restart(keeping: kept, of: ritz, directions: directions)
        // A round that is cut has taken back what had been put aside, and all that follows is orthogonal to it: so it is
        // expanded as well. (What rounding has made of a second copy lies there, in single precision almost all of it,
        // and would stay unseen.)
        let followed = phase == .verification ? schur.pending.count : isWhole ? waiting : block
        active = Array(schur.pending.prefix(followed))
        round.chain = []
        round.isCut = true
    }
}
