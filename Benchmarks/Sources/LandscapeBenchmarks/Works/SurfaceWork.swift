import Landscape
import LinearAlgebra
import Networks

/// `mlp-surface`: the loss on a plane of filter-normalised directions through the point, 25 × 25 forward passes of 1024
/// examples, directions included.
enum SurfaceWork {
    static let batch = 1024
    static let points = 25

    static func run(on bench: Bench) throws {
        let points = bench.isQuick ? 5 : points
        let direct = try contender(points: points, sumsFirstLayers: false, workers: bench.workers)
        let layers = BenchmarkProblem<Float>.layerOperations
        var comparison = Comparison(
            work: "mlp-surface", title: "surface of \(points) × \(points) points, \(batch) examples, single",
            unit: .seconds, ours: OwnContender("landscape", try contender(points: points, workers: bench.workers)),
            rounds: bench.rounds(4))
        comparison.variants = [OwnContender("landscape (every point whole)", direct)]
        // What is needed: the first layer, affine on the plane, three times; the others at every point.
        comparison.operations =
            Double(batch) * (3 * layers[0] + Double(points * points) * layers[1...].reduce(0, +))
        comparison.peers = ["torch", "loss-landscapes"].map {
            PeerRequest(
                work: "surface", library: $0, arguments: ["--batch", String(batch), "--points", String(points)],
                remark: $0 == "torch" ? "by hand" : "")
        }
        comparison.targets = [.faster(1.3, than: [])]
        comparison.memoryWork = bench.isQuick ? nil : "mlp-surface"
        bench.run(comparison) { ["operations counted: the first layer's output is summed, not computed at each point"] }
    }

    /// Everything from the parameters to the losses.
    static func contender(
        points: Int = points, sumsFirstLayers: Bool = true, workers: Workers
    ) throws -> () throws -> Void {
        let problem = try BenchmarkProblem<Float>()
        let inputs = problem.inputs(batch)
        let loss = SquaredError(targets: problem.targets(batch))
        let axis = SurfaceAxis(points: points).coordinates(in: Float.self)
        let grid: [[Double]] = axis.flatMap { beta in axis.map { alpha in [1, alpha, beta] } }
        return {
            let directions: [SurfaceDirection<Float>] = (1...2).map {
                .random($0, scale: .filter, at: problem.parameters, seed: 0)
            }
            let evaluation = try SpanEvaluation(
                problem.network, over: ParameterSpan([problem.parameters], along: directions.map(\.vector)),
                inputs: inputs, loss: loss, SpanConfiguration(sumsFirstLayers: sumsFirstLayers, workers: workers))
            guard evaluation.values(at: grid).allSatisfy(\.loss.isFinite) else {
                throw HarnessFailure("a loss of the surface is no number")
            }
        }
    }
}
