import Agents
import Datasets
public import Files
import LinearAlgebra
import Training

extension OptimiserInstability {
    public func run(in folder: StudyFolder, _ session: StudySession) throws(Fault) {
        let set = try ImageSet.named(
            data, split: .train, count: images, seed: imageSeed, dataDirectory: session.dataDirectory)
        let parts = Variant.allCases.flatMap { variant in (0..<seeds).map { (variant, $0) } }
        let meter = StudyMeter("training", parts: parts.count, total: parts.count * steps, unit: "steps", session)
        try session.forEach(parts.count) { part, stop throws(Fault) in
            let (variant, seed) = parts[part]
            let name = self.part(variant, seed: seed)
            let run = try MemorisationRun(
                configuration(variant, seed: seed, input: set.shape), images: set, directory: folder.part(name),
                workers: .one)
            var details = ""
            try run.run(
                shouldStop: {
                    meter.advance(part, to: run.step, details: details)
                    return stop()
                },
                progress: { details = "\(name): accuracy \(StudyText.number($0.accuracy))" })
            // What diverged early is over all the same.
            meter.advance(part, to: steps)
        }
    }

    public func outcome(in folder: StudyFolder) throws(Fault) -> Outcome {
        var groups: [Outcome.Group] = []
        for variant in Variant.allCases {
            var runs: [Outcome.Run] = []
            for seed in 0..<seeds {
                let path = folder.part(part(variant, seed: seed))
                runs.append(
                    Outcome.Run(
                        seed: firstSeed + UInt64(seed), lines: try MemorisationMetrics.read(run: path),
                        divergence: try MemorisationRun.divergence(in: path), self))
            }
            groups.append(
                Outcome.Group(variant: variant, optimiser: optimiser(variant).description, runs: runs))
        }
        return Outcome(groups: groups)
    }

    /// What the runs did.
    public struct Outcome: Encodable, Sendable {
        var groups: [Group]

        struct Group: Encodable, Sendable {
            var variant: Variant
            var optimiser: String
            var runs: [Run]
        }

        struct Run: Encodable, Sendable {
            var seed: UInt64
            var divergence: Divergence?
            /// At the end of each task; chance from where training was no longer finite.
            var taskEndAccuracies: [Double]
            /// Of the first task.
            var firstAccuracy: Double
            /// At the end of the task that it learnt best.
            var bestAccuracy: Double
            /// The mean of the last tasks.
            var lastAccuracy: Double
            /// At the run's end, or the last before it was no longer finite.
            var deadFraction: Double?
            /// Not in `result.json`: `tables/series.csv` has them.
            var lines: [MemorisationMetrics]

            enum CodingKeys: String, CodingKey {
                case seed, divergence
                case taskEndAccuracies = "task_end_accuracies"
                case firstAccuracy = "first_accuracy"
                case bestAccuracy = "best_accuracy"
                case lastAccuracy = "last_accuracy"
                case deadFraction = "dead_fraction"
            }

            init(
                seed: UInt64, lines: [MemorisationMetrics], divergence: Divergence?, _ study: OptimiserInstability
            ) {
                self.seed = seed
                self.lines = lines
                self.divergence = divergence
                let chance = 1 / Double(ImageSet.classCount)
                let ends = lines.filter { $0.step % study.stepsPerTask == 0 }.map(\.accuracy)
                let missing = max(0, study.tasks - ends.count)
                taskEndAccuracies = ends + Array(repeating: chance, count: missing)
                firstAccuracy = taskEndAccuracies[0]
                bestAccuracy = taskEndAccuracies.max() ?? chance
                lastAccuracy = taskEndAccuracies.suffix(study.lastTasks).reduce(0, +) / Double(study.lastTasks)
                deadFraction = lines.last?.deadFraction
            }
        }
    }
}
