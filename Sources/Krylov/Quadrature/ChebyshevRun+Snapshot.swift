import LinearAlgebra

extension ChebyshevRun {
    /// Where the run stands between two products.
    func snapshot() -> Snapshot<Element> {
        var snapshot = Snapshot<Element>()
        snapshot.numbers["run"] = fingerprint
        snapshot.numbers["run.outliers"] = outliers.flatMap { [$0.value, $0.residual] }
        snapshot.numbers["interval"] = scaling.map { [$0.lower, $0.upper, $0.norm] } ?? []
        snapshot.numbers["counts"] = [
            Double(enlargements), Double(products), Double(finished.count), Double(batch?.moments.count ?? 0),
        ]
        snapshot.numbers["finished"] = finished.flatMap { $0 }
        guard let batch else { return snapshot }
        snapshot.numbers["moments"] = batch.moments.flatMap { $0 }
        snapshot.matrices["previous"] = batch.previous
        snapshot.matrices["current"] = batch.current
        return snapshot
    }

    /// Goes on from a snapshot of a run with the same operator, deflation and configuration.
    ///
    /// - Throws: `DensityFailure.foreignSnapshot`.
    func restore(_ snapshot: Snapshot<Element>) throws {
        guard try snapshot.list("run") == fingerprint,
            try snapshot.list("run.outliers") == outliers.flatMap({ [$0.value, $0.residual] })
        else { throw DensityFailure.foreignSnapshot("its configuration or its deflated eigenvalues are others") }
        let interval = try snapshot.list("interval", count: 3)
        scaling = ChebyshevScaling(lower: interval[0], upper: interval[1], norm: interval[2])
        let counts = try snapshot.list("counts", count: 4).map { Int($0) }
        enlargements = counts[0]
        products = counts[1]
        let order = 2 * configuration.steps + 1
        finished = Self.split(try snapshot.list("finished", count: counts[2] * order), into: counts[2])
        guard counts[3] > 0 else { return }
        let batch = emptyBatch(counts[3])
        batch.moments = Self.split(try snapshot.list("moments"), into: counts[3])
        for (name, matrix) in [("previous", batch.previous), ("current", batch.current)] {
            let saved = try snapshot.matrix(name, columns: target.dimension)
            guard saved.rows == counts[3] else {
                throw DensityFailure.foreignSnapshot("\(saved.rows) rows in \(name), not \(counts[3])")
            }
            matrix.assign(saved)
        }
        self.batch = batch
    }

    private static func split(_ numbers: [Double], into parts: Int) -> [[Double]] {
        guard parts > 0 else { return [] }
        let length = numbers.count / parts
        return (0..<parts).map { Array(numbers[$0 * length..<($0 + 1) * length]) }
    }

    /// What decides the run's bytes beside the operator and the deflated vectors.
    private var fingerprint: [Double] {
        [
            2, Double(target.dimension), Double(configuration.steps), Double(configuration.lanczos.probesAtOnce),
            Double(configuration.probes), Double(configuration.seed >> 32),
            Double(configuration.seed & 0xffff_ffff), configuration.distribution == .gaussian ? 0 : 1,
            Double(configuration.lanczos.steps), configuration.lanczos.reorthogonalisation == .full ? 0 : 1,
            configuration.interval?.lowerBound ?? 0, configuration.interval?.upperBound ?? 0,
        ]
    }
}
