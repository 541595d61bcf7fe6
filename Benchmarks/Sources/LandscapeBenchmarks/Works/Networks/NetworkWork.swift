import Landscape
import LinearAlgebra
import Networks

/// The works on the larger networks: what both sides are given, and what was promised.
enum NetworkWork {
    /// As many as each network's works take.
    static func examples(_ name: NetworkName) -> Int { name == .cnn ? 512 : 64 }

    /// One exact Hessian product of the cross-entropy.
    static func runHessian(_ name: NetworkName, on bench: Bench) throws {
        let examples = examples(name)
        let problem = try NetworkProblem(name)
        let (product, result) = try hessianProduct(problem, workers: bench.workers)
        product()
        var comparison = Comparison(
            work: "\(name.rawValue)-hvp", title: "Hessian-vector product, \(name.title), n = \(examples), single",
            ours: OwnContender("landscape", product), rounds: bench.rounds(name == .cnn ? 6 : 4))
        comparison.operations = Double(examples) * problem.operations.product(.hessian)
        comparison.norm = result.dot(result).squareRoot()
        comparison.memoryWork = comparison.work
        comparison.targets = [.agreement(1e-3)] + hessianTargets(name)
        try problem.withFiles(examples: examples) { folder in
            let arguments = ["--network", name.rawValue, "--folder", folder]
            comparison.peers =
                torchAndTuned("network-hvp", arguments) + [
                    PeerRequest(work: "network-hvp", library: "jax", arguments: arguments)
                ]
            bench.run(comparison)
        }
    }

    /// Cosines between all examples' gradients and their spectrum, forward and backward pass included.
    static func runCovariance(_ name: NetworkName, on bench: Bench) throws {
        let examples = examples(name)
        let problem = try NetworkProblem(name)
        let covariance = gradientCovariance(problem, workers: bench.workers)
        var comparison = Comparison(
            work: "\(name.rawValue)-gradcov",
            title: "gradient covariance and spectrum, \(name.title), n = \(examples), single",
            ours: OwnContender("landscape", { _ = try covariance() }), rounds: bench.rounds(3))
        let operations = problem.operations
        let passes = operations.gradient - operations.forward
        let n = Double(examples)
        comparison.operations = n * passes + operations.innerProducts(examples: examples) + 4 * n * n * n / 3
        comparison.norm = try covariance()
        comparison.memoryWork = comparison.work
        comparison.targets = [.agreement(1e-3)]
        if name == .cnn { comparison.targets += [.faster(10, than: []), .memory(500e6)] }
        try problem.withFiles(examples: examples) { folder in
            let arguments = ["--network", name.rawValue, "--folder", folder]
            // BackPACK has no layer norm: it says itself that it is absent from the vision transformer.
            // All peers are in memory at once, and to keep freed pages takes ResNet-18 from 4.5 to 7.5 GB.
            comparison.peers =
                torchAndTuned("network-gradcov", arguments, library: "torch-vmap")
                .prefix(name == .resnet18 ? 1 : 2)
                + ["backpack", "jax"].map {
                    PeerRequest(work: "network-gradcov", library: $0, arguments: arguments)
                }
            bench.run(comparison) {
                ["operations counted: passes, inner products the cheaper way a layer, 4n³/3 of the eigenvalues"]
            }
        }
    }

    /// Our part of a work, once.
    static func once(_ work: String, _ name: NetworkName, workers: Workers) throws {
        let problem = try NetworkProblem(name)
        switch work {
        case "hvp": try hessianProduct(problem, workers: workers).run()
        case "gradcov": _ = try gradientCovariance(problem, workers: workers)()
        default: throw HarnessFailure("no work is called \(name.rawValue)-\(work)")
        }
    }

    /// PyTorch as its users run it, and as it is told what they seldom tell it.
    static func torchAndTuned(
        _ work: String, _ arguments: [String], library: String = "torch"
    ) -> [PeerRequest] {
        [
            PeerRequest(work: work, library: library, arguments: arguments, remark: "as is"),
            PeerRequest(work: work, library: library, arguments: arguments + ["--tuned"], remark: "tuned"),
        ]
    }

    private static func hessianProduct(
        _ problem: NetworkProblem, workers: Workers
    ) throws -> (run: () -> Void, result: Vector<Float>) {
        let linearised = try problem.linearised(
            examples: examples(problem.name), directions: 1, workers: workers)
        let vector = problem.vector()
        let result = Vector<Float>(count: vector.count)
        return ({ linearised.multiply(.hessian, by: [vector], into: [result]) }, result)
    }

    /// Everything from parameters and inputs to eigenvalues; the result is the matrix's Frobenius norm.
    private static func gradientCovariance(
        _ problem: NetworkProblem, workers: Workers
    ) -> () throws -> Double {
        let examples = examples(problem.name)
        let inputs = problem.inputs(examples)
        let loss = CrossEntropy<Float>(labels: problem.labels(examples))
        return {
            let linearised = try LinearisedNetwork(
                problem.network, at: problem.parameters, inputs: inputs, loss: loss, directions: 0, workers: workers)
            let covariance = try GradientCovariance(linearised)
            guard covariance.eigenvalues.count == examples else { throw HarnessFailure("eigenvalues are missing") }
            let rows = (0..<examples).map { covariance.matrix.row($0) }
            return rows.reduce(0) { $0 + $1.dot($1) }.squareRoot()
        }
    }

    private static func hessianTargets(_ name: NetworkName) -> [Target] {
        switch name {
        case .mlp: []
        case .cnn: [.faster(2.5, than: ["torch (as is)"]), .faster(1.5, than: ["torch (tuned)"]), .gemmShare(0.7)]
        case .resnet18: [.faster(1.6, than: [])]
        case .vit: [.faster(1.5, than: [])]
        }
    }
}

extension NetworkName {
    var title: String {
        switch self {
        case .mlp: "MLP"
        case .cnn: "CNN"
        case .resnet18: "ResNet-18"
        case .vit: "ViT"
        }
    }
}
