import Krylov
import LinearAlgebra
import Plasticity
import Training

/// `mlp-probe`: learning a new task from a point, as the measure of plasticity does: Adam on batches drawn from 2048
/// inputs, and the loss over all of them now and then.
///
/// A run is the first 100 steps of a budget of 2000, with the losses that fall into them (the peers take the same ones);
/// over the whole budget these are rarer, a fiftieth of the time.
enum ProbeWork {
    static let steps = 100
    private static let batch = 512
    private static let examples = 2048

    static func run(on bench: Bench) throws {
        try run(
            tasks: 1, title: "A probe's task, batch \(batch), single, \(steps) steps a run", target: 1.25, on: bench)
        try run(
            tasks: 10, title: "Ten tasks of a probe side by side, batch \(batch), single, \(steps) steps each",
            target: 1.3, on: bench)
    }

    private static func run(tasks: Int, title: String, target: Double, on bench: Bench) throws {
        let layers = BenchmarkProblem<Float>.layerOperations
        let arguments = ["--batch", String(batch), "--training-steps", String(steps), "--examples", String(examples)]
        var comparison = Comparison(
            work: "mlp-probe", title: title, unit: .stepsPerSecond,
            ours: OwnContender("landscape", try contender(tasks: tasks, workers: bench.workers)),
            rounds: bench.rounds(tasks == 1 ? 6 : 3))
        comparison.perRun = Double(tasks * steps)
        comparison.operations = Double(tasks * steps * batch) * (3 * layers.reduce(0, +) - layers[0])
        if tasks == 1 {
            comparison.variants = [
                OwnContender("landscape (1 thread)", try contender(tasks: tasks, workers: .one))
            ]
        }
        // Other libraries do one task after the other.
        let times = tasks == 1 ? "" : ", \(tasks) times"
        let factor = Double(tasks)
        comparison.peers = [
            PeerRequest(work: "probe", library: "torch", arguments: arguments, factor: factor, remark: "fused" + times),
            PeerRequest(
                work: "probe", library: "torch", arguments: arguments + ["--tuned"], factor: factor,
                remark: "compiled" + times),
            PeerRequest(work: "probe", library: "jax", arguments: arguments, factor: factor, remark: "jit" + times),
        ]
        comparison.targets = [.faster(target, than: [])]
        comparison.memoryWork = "mlp-probe-\(tasks)"
        bench.run(comparison)
    }

    /// One run: the same tasks from the same point each time.
    static func contender(tasks: Int, workers: Workers) throws -> () throws -> Void {
        let problem = try BenchmarkProblem<Float>()
        var configuration = ProbeConfiguration()
        configuration.tasks = tasks
        configuration.batchSize = batch
        let probe = PlasticityProbe(
            try ProbeTasks(problem.network, inputs: problem.inputs(examples), configuration, workers: workers),
            optimiser: .adam(), workers: workers)
        let steering = ProbeSteering<Float>(control: { _ in
            let taken = StepCount()
            return RunControl(
                // Asked before every step but the first.
                isOver: { taken.next() == steps }, offer: { _ in })
        })
        return { _ = try probe.measure(ProbeStart(problem.parameters), offset: 0, steering: steering) }
    }

    /// Of one task, which runs on one thread.
    private final class StepCount: @unchecked Sendable {
        private var count = 0

        func next() -> Int {
            count += 1
            return count
        }
    }
}
