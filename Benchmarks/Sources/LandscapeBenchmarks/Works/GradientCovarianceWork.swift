import Landscape
import LinearAlgebra
import Networks

/// `mlp-gradcov`: the cosines between all examples' gradients and their spectrum, forward and backward pass included.
enum GradientCovarianceWork {
    static func run(on bench: Bench) throws {
        try compare(
            512, on: bench, peers: ["torch-vmap", "backpack", "jax", "torch-factored"], rounds: 6,
            targets: [.faster(100, than: ["torch-vmap", "backpack", "jax"]), .memory(100e6)])
        try compare(
            4096, on: bench, peers: ["torch-factored"] + (bench.isHeavy ? ["torch-blocks"] : []), rounds: 3,
            targets: [.seconds(3), .memory(500e6)])
    }

    /// Everything from parameters and inputs to eigenvalues.
    static func contender(examples: Int, workers: Workers) throws -> () throws -> Void {
        let problem = try BenchmarkProblem<Float>()
        let inputs = problem.inputs(examples)
        let loss = CrossEntropy<Float>(labels: problem.labels(examples))
        return {
            let linearised = try LinearisedNetwork(
                problem.network, at: problem.parameters, inputs: inputs, loss: loss, directions: 0, workers: workers)
            let covariance = try GradientCovariance(linearised)
            guard covariance.eigenvalues.count == examples else { throw HarnessFailure("eigenvalues are missing") }
        }
    }

    private static func compare(
        _ examples: Int, on bench: Bench, peers: [String], rounds: Int, targets: [Target]
    ) throws {
        var comparison = Comparison(
            work: "mlp-gradcov", title: "gradient covariance and spectrum, n = \(examples), single",
            ours: OwnContender("landscape", try contender(examples: examples, workers: bench.workers)),
            rounds: bench.rounds(rounds))
        comparison.peers = peers.map {
            PeerRequest(
                work: "gradcov", library: $0, arguments: ["--examples", String(examples)],
                remark: $0 == "torch-factored" ? "our formula in PyTorch" : "")
        }
        comparison.variants = [try eigenvaluesAlone(examples)]
        comparison.operations = operations(examples)
        comparison.targets = targets
        comparison.memoryWork = "mlp-gradcov-\(examples)"
        bench.run(comparison) { ["operations counted: passes, Gram matrix, and 4n³/3 of the eigenvalues in double"] }
    }

    /// What of the time is LAPACK's, on a matrix of that order.
    private static func eigenvaluesAlone(_ examples: Int) throws -> OwnContender {
        let matrix = Matrix<Float>(rows: examples, columns: examples)
        var source = RandomSource(seed: 0, stream: "eigenvalues")
        matrix.elements.fillNormal(using: &source)
        return OwnContender("the eigenvalues alone") { _ = try SymmetricEigenvalues.values(of: matrix) }
    }

    /// Forward, backward to all but the first layer, Σ n² (in + out) of half a Gram matrix, 4n³/3.
    private static func operations(_ examples: Int) -> Double {
        let n = Double(examples)
        let layers = BenchmarkProblem<Float>.layerOperations
        let widths = BenchmarkProblem<Float>.widths.map(Double.init)
        let gram = zip(widths, widths.dropFirst()).reduce(0) { $0 + n * n * ($1.0 + $1.1) }
        return n * (2 * layers.reduce(0, +) - layers[0]) + gram + 4 * n * n * n / 3
    }
}
