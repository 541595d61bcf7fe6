import Checkpoints
import Foundation
import LinearAlgebra
import Networks

/// `mlp-command`: a whole process from the shell, ten extreme eigenvalues of the Hessian of a checkpoint to 1e-3.
enum CommandWork {
    static func run(on bench: Bench) throws {
        guard FileManager.default.isExecutableFile(atPath: bench.landscape) else {
            print("mlp-command: left out, as \(bench.landscape) is not there; 'make build' makes it\n")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "landscape-benchmark-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let checkpoint = folder.appendingPathComponent("checkpoint.safetensors").path
        let data = folder.appendingPathComponent("data.safetensors").path
        try write(checkpoint: checkpoint, data: data)

        let threads = ["--threads", String(bench.workers.count)]
        let ours = CommandContender(
            "landscape hessian",
            [bench.landscape, "hessian", "--checkpoint", checkpoint, "--data", data, "--loss", "mse"]
                + ["--probes", "0", "--top", "10", "--tolerance", "1e-3", "--json"] + threads)
        var comparison = Comparison(
            work: "mlp-command",
            title: "whole process, 10 extreme eigenvalues to 1e-3, batch \(HessianProductWork.batch)",
            unit: .seconds, ours: ours, rounds: bench.rounds(5))
        comparison.commands = ["jax", "torch"].compactMap { library in
            Peers.python.map { python in
                CommandContender(
                    "\(library) and ARPACK",
                    [python, Peers.folder + "/command_\(library).py", checkpoint, data] + threads)
            }
        }
        comparison.targets = [.faster(3, than: []), .memoryShare(1.0 / 3)]
        bench.run(comparison) {
            ([ours] + comparison.commands).map { "\($0.name): \(eigenvalues($0.output))" }
        }
    }

    /// The network and the batch as files.
    private static func write(checkpoint: String, data: String) throws {
        let problem = try BenchmarkProblem<Float>()
        try Checkpoint.write(problem.parameters, architecture: problem.network.architecture, to: checkpoint)
        let count = HessianProductWork.batch
        let inputs = problem.inputs(count)
        let targets = problem.targets(count)
        var writer = SafetensorsWriter()
        try writer.add("inputs", inputs.array, shape: [count, inputs.columns])
        try writer.add("targets", targets.array, shape: [count, targets.columns])
        try writer.write(to: data)
    }

    /// First and last of the eigenvalues, ours `{"value": …}`, theirs plain, and the products spent.
    private static func eigenvalues(_ output: String) -> String {
        guard let document = (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any],
            let list = document["eigenvalues"] as? [Any]
        else { return "no eigenvalues" }
        let values = list.compactMap { $0 as? Double ?? ($0 as? [String: Any])?["value"] as? Double }
        guard let first = values.first, let last = values.last else { return "no eigenvalues" }
        let products = (document["products"] ?? document["matrix_products"]) as? Int ?? 0
        return "λ₁ = \(String(format: "%.5f", first)), λ₁₀ = \(String(format: "%.5f", last)), \(products) products"
    }
}
