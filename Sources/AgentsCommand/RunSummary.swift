import Agents
import Checkpoints
import CommandSupport
import Files
import Foundation
import Training

/// What a run's folder says: its task, how far it is, its checkpoints, and what to type next.
struct RunSummary: Encodable {
    struct SavedCheckpoint: Encodable {
        var step: Int
        var file: String
        var metrics: [String: Double]?
    }

    let command = "agents show"
    let version = Version.current
    let run: String
    let task: String
    let optimiser: String
    /// As `--intervention` takes them.
    let interventions: [String]
    let seed: UInt64
    /// The step that a resumed run would go on from.
    let step: Int
    let steps: Int
    let checkpoints: [SavedCheckpoint]
    let lastMetrics: [String: Double]?
    let pictures: [String]

    enum CodingKeys: String, CodingKey {
        case command, version, run, task, optimiser, interventions, seed, step, steps, checkpoints
        case lastMetrics = "last_metrics"
        case pictures
    }

    /// - Throws: `Fault` of kind `data` for a folder that holds no run, or damaged files.
    init(readingRun folder: String) throws(Fault) {
        let configuration = try RunConfiguration(readingRun: folder)
        let table = try MetricsTable(reading: folder + "/metrics.csv")
        run = folder
        task = "\(configuration.environment.rewards.rawValue) \(configuration.environment.images)"
        optimiser = configuration.optimiser.description
        interventions = configuration.interventions.map(\.description)
        seed = configuration.seed
        step = try Self.savedStep(in: folder)
        steps = configuration.schedule.steps
        checkpoints = Self.checkpoints(in: folder, table)
        lastMetrics = table.last
        pictures = ["png", "svg"].map { "\(folder)/\(TrainingPicture.name).\($0)" }
            .filter { FileManager.default.fileExists(atPath: $0) }
    }

    /// Prints the summary as asked.
    func show(asJSON: Bool) throws(Fault) {
        try StandardOutput.write(asJSON ? JSONText.encode(self) : text)
    }

    private var text: String {
        var facts = Table([.init("run", .left), .init(run, .left)])
        facts.append(["task", .text(task)])
        facts.append(["optimiser", .text(optimiser)])
        for intervention in interventions { facts.append(["intervention", .text(intervention)]) }
        facts.append(["seed", .text("\(seed)")])
        facts.append(["step", .text("\(step) of \(steps)")])
        for picture in pictures { facts.append(["picture", .text(picture)]) }
        let columns = [
            ("loss", "td_loss"), ("accuracy", "greedy_accuracy"), ("reward", "mean_reward"),
            ("dead units", "dead_fraction"), ("‖θ‖", "weight_norm"),
        ]
        var table = Table([.init("checkpoint", .left), .init("step", .right)] + columns.map { .init($0.0) })
        for checkpoint in checkpoints {
            let values = columns.map { _, column in
                checkpoint.metrics?[column].map { Table.Cell.number($0) } ?? .none
            }
            table.append([.text(checkpoint.file), .integer(checkpoint.step)] + values)
        }
        return facts.text + "\n" + table.text + "\n" + advice
    }

    private var advice: String {
        let goOn = step < steps ? "Go on with the run:\n  agents resume \(run)\n" : ""
        guard let last = checkpoints.last else { return goOn }
        return goOn + """
            See the loss landscape:
              landscape hessian --checkpoint \(last.file)
              landscape gradcov --checkpoint \(last.file)

            """
    }

    private static func checkpoints(in folder: String, _ table: MetricsTable) -> [SavedCheckpoint] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/checkpoints")) ?? []
        return names.compactMap { name in
            let parts = name.split(separator: ".")
            guard parts.count == 2, parts[1] == "safetensors", parts[0].hasPrefix("step_"),
                let step = Int(parts[0].dropFirst("step_".count))
            else { return nil }
            return SavedCheckpoint(
                step: step, file: "\(folder)/checkpoints/\(name)", metrics: table.row(at: step))
        }
        .sorted { $0.step < $1.step }
    }

    private static func savedStep(in folder: String) throws(Fault) -> Int {
        struct Saved: Decodable { var step: Int }
        let path = folder + "/state.safetensors"
        // Killed before anything was saved: it begins again.
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let metadata = try SafetensorsFile(reading: path).metadata["agents.state"] ?? ""
        guard let saved = try? JSONDecoder().decode(Saved.self, from: Data(metadata.utf8)) else {
            throw Fault(.data, "does not hold a run's state", at: path, remedy: "Restore the file")
        }
        return saved.step
    }
}
