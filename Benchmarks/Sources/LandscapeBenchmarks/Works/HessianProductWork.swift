import LinearAlgebra
import Networks

/// `mlp-hvp`: one exact product with the Hessian of the mean squared error, batch 1024, and blocks of eight.
enum HessianProductWork {
    static let batch = 1024
    static let alone = "the same GEMM calls alone"

    static func run(on bench: Bench) throws {
        try compare(
            Float.self, on: bench, directions: 1,
            targets: [.share(0.95, of: alone), .faster(1.1, than: [])])
        try compare(
            Double.self, on: bench, directions: 1,
            targets: [.share(0.95, of: alone), .faster(1.25, than: [])])
        try compare(Float.self, on: bench, directions: 8, targets: [.share(0.95, of: alone)])
    }

    static func once(workers: Workers) throws {
        let problem = try BenchmarkProblem<Float>()
        try product(problem, directions: 1, workers: workers)()
    }

    private static func compare<Element: Scalar>(
        _ type: Element.Type, on bench: Bench, directions: Int, targets: [Target]
    ) throws {
        let problem = try BenchmarkProblem<Element>()
        let gemm = GemmCalls<Element>(
            widths: BenchmarkProblem<Element>.widths, batch: batch, tile: problem.network.tileLength(examples: batch),
            directions: directions, workers: bench.workers)
        guard abs(gemm.operations / operations(Element.self, directions: directions) - 1) < 1e-12 else {
            throw HarnessFailure("the GEMM calls of hvp are not those of a Hessian product")
        }
        let isDouble = Element.self == Double.self
        let libraries = ["torch", "jax", "pyhessian", "curvlinops", "hessian-eigenthings"]
        let precision = ["--precision", isDouble ? "double" : "single", "--batch", String(batch)]
        var comparison = Comparison(
            work: "mlp-hvp",
            title: "Hessian-vector product, batch \(batch), \(isDouble ? "double" : "single")"
                + (directions > 1 ? ", \(directions) vectors at once, time of one" : ""),
            ours: OwnContender(
                "landscape", try product(problem, directions: directions, workers: bench.workers)),
            rounds: bench.rounds(12))
        comparison.perRun = Double(directions)
        comparison.operations = gemm.operations
        comparison.isDouble = isDouble
        comparison.variants = [OwnContender(alone) { gemm.run() }]
        comparison.targets = targets
        if directions == 1 {
            comparison.peers = libraries.map { PeerRequest(work: "hvp", library: $0, arguments: precision) }
            comparison.memoryWork = isDouble ? nil : "mlp-hvp"
        }
        bench.run(comparison)
    }

    private static func product<Element: Scalar>(
        _ problem: BenchmarkProblem<Element>, directions: Int, workers: Workers
    ) throws -> () -> Void {
        let linearised = try problem.linearisedRegression(batch: batch, directions: directions, workers: workers)
        let vectors = problem.vectors(directions)
        let results = vectors.map { Vector<Element>(count: $0.count) }
        return { linearised.multiply(.hessian, by: vectors, into: results) }
    }

    /// For each example: two products forward, two backward and two for the gradient a layer; but the first layer has
    /// neither a tangent of its input nor a cotangent for it, so one, none and one.
    private static func operations<Element: Scalar>(_ type: Element.Type, directions: Int) -> Double {
        let layers = BenchmarkProblem<Element>.layerOperations
        return Double(batch * directions) * (6 * layers.reduce(0, +) - 4 * layers[0])
    }
}
