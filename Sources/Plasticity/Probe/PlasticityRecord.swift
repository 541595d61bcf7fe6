public import Files
public import Krylov

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The plasticity at one step of a run as a JSON document, `plasticity/step_00001000.json`.
public struct PlasticityRecord: Sendable, Equatable, Codable {
    /// An estimate over tasks.
    public struct Value: Sendable, Equatable, Codable {
        public var value: Double
        /// Absent for a single task.
        public var standardError: Double?
        /// The ends of Student's interval of 95 % confidence; absent for a single task.
        public var interval: [Double]?

        public init(_ estimate: Estimate) {
            value = estimate.value
            standardError = estimate.standardError
            interval = estimate.interval().map { [$0.lowerBound, $0.upperBound] }
        }

        enum CodingKeys: String, CodingKey {
            case value
            case standardError = "standard_error"
            case interval
        }
    }

    /// A task without a result.
    public struct Failure: Sendable, Equatable, Codable {
        public var task: Int
        public var step: Int
        public var message: String
    }

    /// Nil where the checkpoint does not say it.
    public var step: Int?
    /// P(θ); absent where every task failed.
    public var plasticity: Value?
    /// P(θ₀) − P(θ), paired task by task; absent where there is no θ₀ to compare with.
    public var plasticityLoss: Value?
    /// E[ℓ(θ*)].
    public var finalLoss: Value?
    /// The mean over the budget of the loss over X.
    public var meanLoss: Value?
    /// ℓₖ(θ*), one a task; null for one that failed.
    public var finalLosses: [Double?]
    /// The step at which each task's loss fell below half its targets' variance; null where it never did.
    public var halfLossSteps: [Double?]
    /// b.
    public var baseline: Double
    /// bₖ, one a task.
    public var baselines: [Double]
    /// a.
    public var offset: Double
    /// The steps of the learning curves.
    public var curveSteps: [Int]
    /// The loss over X at those steps, one row a task; short where it failed.
    public var curves: [[Double]]
    public var failures: [Failure]

    enum CodingKeys: String, CodingKey {
        case step, plasticity
        case plasticityLoss = "plasticity_loss"
        case finalLoss = "final_loss"
        case meanLoss = "mean_loss"
        case finalLosses = "final_losses"
        case halfLossSteps = "half_loss_steps"
        case baseline, baselines, offset
        case curveSteps = "curve_steps"
        case curves, failures
    }

    /// - Parameter first: what θ₀ made of the same tasks.
    public init(step: Int?, _ found: PlasticityMeasurement, since first: PlasticityMeasurement?) {
        self.step = step
        plasticity = found.plasticity.map(Value.init)
        plasticityLoss = first.flatMap { found.loss(since: $0) }.map(Value.init)
        finalLoss = found.finalLoss.map(Value.init)
        meanLoss = found.meanLoss.map(Value.init)
        finalLosses = found.outcomes.map(\.finalLoss)
        halfLossSteps = found.outcomes.map { $0.failure == nil ? found.halfLossStep($0) : nil }
        baseline = found.baseline
        baselines = found.variances
        offset = found.offset
        curveSteps = found.curveSteps
        curves = found.outcomes.map(\.curve)
        failures = found.failures.map { Failure(task: $0.task, step: $0.failure.step, message: $0.failure.message) }
    }

    /// The record in the file.
    ///
    /// - Throws: `Fault` of kind `data` where it is none, `inputOutput` where it cannot be read.
    public init(reading path: String) throws(Fault) {
        let data = try AtomicFile.read(path)
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw Fault(.data, "is no record of a probe (\(error))", at: path, remedy: "Remove it and resume the run")
        }
    }

    /// Writes the record, whole or not at all: the same record gives the same bytes.
    public func write(to path: String) throws(Fault) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard var json = try? encoder.encode(self) else {
            throw Fault(.software, "holds a number that is not finite", at: path)
        }
        json.append(UInt8(ascii: "\n"))
        try AtomicFile.write(json, to: path)
    }

    /// What was measured, but for the batches' losses; all tasks must have been run.
    public var measurement: PlasticityMeasurement {
        let failed = Dictionary(failures.map { ($0.task, $0) }) { first, _ in first }
        return PlasticityMeasurement(
            offset: offset,
            outcomes: curves.enumerated().map { task, curve in
                ProbeOutcome(
                    task: task, curve: curve, batchLosses: [],
                    failure: failed[task].map { .init(step: $0.step, message: $0.message) })
            }, variances: baselines, curveSteps: curveSteps)
    }
}
