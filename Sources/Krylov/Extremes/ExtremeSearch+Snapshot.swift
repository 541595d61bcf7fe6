import LinearAlgebra

extension ExtremeSearch {
    /// What must be the same for a snapshot to fit; 64-bit seeds in halves, which doubles hold exactly.
    private var identity: [Double] {
        let end = SpectrumEnd.allCases.firstIndex(of: configuration.end)!
        return [
            1, Double(schur.dimension), Double(count), Double(schur.basis.rows), Double(block), Double(end),
            configuration.tolerance, configuration.missProbability, Double(configuration.verificationLimit ?? -1),
            Double(configuration.seed >> 32), Double(configuration.seed & 0xffff_ffff),
        ]
    }

    /// All that the search needs to go on after a check, the basis as a view.
    func snapshot() -> Snapshot<Element> {
        let used = schur.used
        let lists = [schur.expanded, schur.pending, active, round.chain].map { $0.map(Double.init) }
        return Snapshot(
            matrices: [
                "basis": schur.basis.rows(0..<used),
                "aside": schur.basis.rows(schur.basis.rows - schur.aside.count..<schur.basis.rows),
            ],
            numbers: [
                "identity": identity,
                "projection": (Array(0..<used) + schur.aside).flatMap { schur.projection.row($0).array[0..<used] },
                "expanded": lists[0], "pending": lists[1], "active": lists[2], "chain": lists[3],
                "counts": [
                    schur.products, schur.restarts, schur.startVectors, residualProducts,
                    phase == .verification ? 1 : 0, verification.products, verification.rounds,
                    verification.findings, verification.isVerified ? 1 : 0, round.steps, round.products, round.looks,
                    round.isCut ? 1 : 0, round.beyond, round.upper.isFinite ? 1 : 0, round.lower.isFinite ? 1 : 0,
                    isVerificationOver ? 1 : 0,
                ].map(Double.init),
                "levels": [
                    schur.norm, strictness, verification.missProbability, round.upper.isFinite ? round.upper : 0,
                    round.lower.isFinite ? round.lower : 0, round.upperShift, round.lowerShift,
                ],
            ])
    }

    /// Stands where the run that made the snapshot stood.
    ///
    /// - Throws: `KrylovFailure.snapshotDoesNotFit` where it is of another search, or damaged.
    func resume(from snapshot: Snapshot<Element>) throws(KrylovFailure) {
        guard try numbers("identity", of: snapshot, count: identity.count) == identity else {
            throw .snapshotDoesNotFit(reason: "it is of a search with another dimension, count or configuration")
        }
        let expanded = try rows("expanded", of: snapshot)
        let pending = try rows("pending", of: snapshot)
        let active = try rows("active", of: snapshot)
        let chain = try rows("chain", of: snapshot)
        let used = expanded.count + pending.count
        guard Set(expanded + pending) == Set(0..<used), used <= schur.basis.rows,
            Set(active).isSubset(of: pending), Set(active).count == active.count, !active.isEmpty,
            Set(chain).isSubset(of: expanded), Set(chain).count == chain.count
        else { throw .snapshotDoesNotFit(reason: "its lists of basis rows contradict each other") }
        let basis = try matrix("basis", of: snapshot)
        let aside = try matrix("aside", of: snapshot)
        guard basis.rows == used, used + aside.rows <= schur.basis.rows else {
            throw .snapshotDoesNotFit(reason: "its basis is not of \(used) vectors, or too large")
        }
        let projection = try numbers("projection", of: snapshot, count: (used + aside.rows) * used)
        let counts = try numbers("counts", of: snapshot, count: 17).map { Int(exactly: $0) ?? -1 }
        guard counts.allSatisfy({ $0 >= 0 }) else { throw .snapshotDoesNotFit(reason: "a count is not one") }
        let levels = try numbers("levels", of: snapshot, count: 7)

        schur.basis.rows(0..<used).assign(basis)
        schur.aside = Array(schur.basis.rows - aside.rows..<schur.basis.rows)
        schur.basis.rows(schur.basis.rows - aside.rows..<schur.basis.rows).assign(aside)
        for (index, row) in (Array(0..<used) + schur.aside).enumerated() {
            for column in 0..<used { schur.projection[row, column] = projection[index * used + column] }
        }
        (schur.expanded, schur.pending, self.active) = (expanded, pending, active)
        (schur.products, schur.restarts, schur.startVectors) = (counts[0], counts[1], counts[2])
        residualProducts = counts[3]
        phase = counts[4] == 1 ? .verification : .search
        (verification.products, verification.rounds, verification.findings) = (counts[5], counts[6], counts[7])
        verification.isVerified = counts[8] == 1
        isVerificationOver = counts[16] == 1
        round.chain = chain
        (round.steps, round.products, round.looks) = (counts[9], counts[10], counts[11])
        (round.isCut, round.beyond) = (counts[12] == 1, counts[13])
        (schur.norm, strictness, verification.missProbability) = (levels[0], levels[1], levels[2])
        round.upper = counts[14] == 1 ? levels[3] : .infinity
        round.lower = counts[15] == 1 ? levels[4] : -.infinity
        (round.upperShift, round.lowerShift) = (levels[5], levels[6])
    }

    private func matrix(_ name: String, of snapshot: Snapshot<Element>) throws(KrylovFailure) -> Matrix<Element> {
        guard let matrix = snapshot.matrices[name], matrix.columns == schur.dimension || matrix.rows == 0,
            (0..<matrix.rows).allSatisfy({ matrix.row($0).isFinite })
        else { throw .snapshotDoesNotFit(reason: "'\(name)' is missing, of another dimension, or not finite") }
        return matrix
    }

    private func numbers(
        _ name: String, of snapshot: Snapshot<Element>, count: Int? = nil
    ) throws(KrylovFailure) -> [Double] {
        guard let numbers = snapshot.numbers[name], count == nil || numbers.count == count,
            numbers.allSatisfy(\.isFinite)
        else { throw .snapshotDoesNotFit(reason: "'\(name)' is missing, of another length, or not finite") }
        return numbers
    }

    private func rows(_ name: String, of snapshot: Snapshot<Element>) throws(KrylovFailure) -> [Int] {
        try numbers(name, of: snapshot).map { number throws(KrylovFailure) in
            guard let row = Int(exactly: number), row >= 0, row < schur.basis.rows else {
                throw .snapshotDoesNotFit(reason: "'\(name)' has \(number) for a row")
            }
            return row
        }
    }
}
