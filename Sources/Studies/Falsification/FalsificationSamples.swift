import Files
import Foundation

/// Reads what an agent's run wrote about itself: `statistics/step_….json` beside `plasticity/step_….json`.
enum FalsificationSamples {
    private struct Statistics: Decodable {
        var statistics: [String: Double?]
    }

    private struct Plasticity: Decodable {
        struct Value: Decodable {
            var value: Double
        }

        var step: Int
        var loss: Value?
        var failures: [Failure]

        struct Failure: Decodable {}

        enum CodingKeys: String, CodingKey {
            case step, failures
            case loss = "plasticity_loss"
        }
    }

    /// The run's measurements after step 0, in their order; those whose probes all failed are left out.
    ///
    /// - Throws: `Fault` of kind `data` for a plasticity without statistics, or a damaged file.
    static func read(
        run name: String, in folder: String, factors: [String: String]
    ) throws(Fault) -> [AgentSample] {
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/plasticity")) ?? [])
            .filter { $0.hasPrefix("step_") && $0.hasSuffix(".json") }.sorted()
        var samples: [AgentSample] = []
        for file in files {
            let plasticity: Plasticity = try decode("\(folder)/plasticity/\(file)")
            guard plasticity.step > 0, let loss = plasticity.loss else { continue }
            let found: Statistics = try decode("\(folder)/statistics/\(file)")
            samples.append(
                AgentSample(
                    run: name, step: plasticity.step, factors: factors,
                    statistics: found.statistics.compactMapValues { $0 }, plasticityLoss: loss.value,
                    failedTasks: plasticity.failures.count))
        }
        return samples.sorted { $0.step < $1.step }
    }

    private static func decode<Value: Decodable>(_ path: String) throws(Fault) -> Value {
        let data = try AtomicFile.read(path)
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw Fault(
                .data, "is not what a run writes there (\(error))", at: path,
                remedy: "Remove the run's folder: the study does it again")
        }
    }
}
