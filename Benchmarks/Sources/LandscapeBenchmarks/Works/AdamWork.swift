import LinearAlgebra
import Networks
import Training

/// `mlp-adam`: optimiser steps of one training, batches in a fixed order.
enum AdamWork {
    static let steps = 200

    static func run(on bench: Bench) throws {
        for batch in [32, 128] {
            let layers = BenchmarkProblem<Float>.layerOperations
            let arguments = ["--batch", String(batch), "--training-steps", String(steps)]
            var comparison = Comparison(
                work: "mlp-adam", title: "Adam, batch \(batch), single, \(steps) steps a run", unit: .stepsPerSecond,
                ours: OwnContender("landscape", try contender(batch: batch, workers: bench.workers)),
                rounds: bench.rounds(10))
            comparison.perRun = Double(steps)
            comparison.operations = Double(steps * batch) * (3 * layers.reduce(0, +) - layers[0])
            comparison.variants = [
                OwnContender("landscape (1 thread)", try contender(batch: batch, workers: .one))
            ]
            comparison.peers = [
                PeerRequest(work: "adam", library: "torch", arguments: arguments, remark: "fused"),
                PeerRequest(
                    work: "adam", library: "torch", arguments: arguments, threads: 1, remark: "fused, 1 thread"),
                PeerRequest(work: "adam", library: "jax", arguments: arguments, remark: "scan"),
            ]
            comparison.targets = [.faster(1.3, than: [])]
            comparison.memoryWork = "mlp-adam-\(batch)"
            bench.run(comparison)
        }
    }

    /// One run: 200 steps, each on the next batch; the training goes on from run to run.
    static func contender(batch: Int, workers: Workers) throws -> () throws -> Void {
        let problem = try BenchmarkProblem<Float>()
        let inputs = problem.inputs(batch * steps)
        let labels = problem.labels(batch * steps)
        let losses = (0..<steps).map { CrossEntropy<Float>(labels: Array(labels[$0 * batch..<($0 + 1) * batch])) }
        let parameters = problem.parameters.copy()
        let optimiser = try Optimiser<Float>(.adam(), parameterCount: parameters.vector.count)
        let training = TrainingStep(
            problem.network, parameters: parameters, optimiser: optimiser, examples: batch, workers: workers)
        return {
            for step in 0..<steps {
                _ = try training.run(losses[step], inputs: inputs.rows(step * batch..<(step + 1) * batch))
            }
        }
    }
}
