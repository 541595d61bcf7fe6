import LinearAlgebra

extension SpectralDensityRun {
    /// Where the run stands between two steps; the bases are views of its own memory.
    func snapshot() -> Snapshot<Element> {
        var snapshot = Snapshot<Element>()
        snapshot.numbers["run"] = fingerprint
        snapshot.numbers["run.outliers"] = outliers.flatMap { [$0.value, $0.residual] }
        snapshot.numbers["finished.counts"] = finished.map { Double($0.quadrature.nodes.count) }
        snapshot.numbers["finished.nodes"] = finished.flatMap(\.quadrature.nodes)
        snapshot.numbers["finished.weights"] = finished.flatMap(\.quadrature.weights)
        snapshot.numbers["finished.residuals"] = finished.flatMap(\.quadrature.residuals)
        snapshot.numbers["finished.losses"] = finished.map(\.orthogonalityLoss)
        snapshot.numbers["finished.reorthogonalisations"] = finished.map { Double($0.reorthogonalisations) }
        snapshot.numbers["finished.products"] = finished.map { Double($0.products) }
        snapshot.numbers["processes"] = [Double(batch?.processes.count ?? 0)]
        batch?.record(in: &snapshot)
        return snapshot
    }

    /// Goes on from a snapshot of a run with the same operator, deflation and configuration.
    ///
    /// - Throws: `DensityFailure.foreignSnapshot`.
    func restore(_ snapshot: Snapshot<Element>) throws {
        guard try snapshot.list("run") == fingerprint,
            try snapshot.list("run.outliers") == outliers.flatMap({ [$0.value, $0.residual] })
        else { throw DensityFailure.foreignSnapshot("its configuration or its deflated eigenvalues are others") }
        let counts = try snapshot.list("finished.counts").map { Int($0) }
        let nodes = try snapshot.list("finished.nodes", count: counts.reduce(0, +))
        let weights = try snapshot.list("finished.weights", count: nodes.count)
        let residuals = try snapshot.list("finished.residuals", count: nodes.count)
        let losses = try snapshot.list("finished.losses", count: counts.count)
        let reorthogonalisations = try snapshot.list("finished.reorthogonalisations", count: counts.count)
        let products = try snapshot.list("finished.products", count: counts.count)
        var start = 0
        finished = counts.indices.map { index in
            let range = start..<start + counts[index]
            start = range.upperBound
            return FinishedProbe(
                quadrature: ProbeQuadrature(
                    nodes: Array(nodes[range]), weights: Array(weights[range]), residuals: Array(residuals[range])),
                orthogonalityLoss: losses[index], reorthogonalisations: Int(reorthogonalisations[index]),
                products: Int(products[index]))
        }
        let processes = Int(try snapshot.list("processes", count: 1)[0])
        guard processes > 0 else { return }
        batch = LanczosBatch(
            try (0..<processes).map {
                try LanczosProcess(
                    resuming: snapshot, prefix: LanczosBatch<Element>.prefix($0), space: space($0),
                    configuration: processConfiguration, deflating: deflated)
            })
    }

    /// What decides the run's bytes beside the operator and the deflated vectors; a seed as two exact halves.
    private var fingerprint: [Double] {
        let lanczos = configuration.lanczos
        return [
            1, Double(target.dimension), Double(lanczos.steps), Double(lanczos.probesAtOnce),
            Double(configuration.probes), Double(configuration.seed >> 32),
            Double(configuration.seed & 0xffff_ffff), configuration.distribution == .gaussian ? 0 : 1,
            lanczos.reorthogonalisation == .full ? 0 : 1, configuration.adaptivity?.tolerance ?? 0,
            Double(configuration.adaptivity?.maximumProbes ?? 0),
        ]
    }
}
