/// What `metrics.csv` says of one stretch of training.
public struct RunMetrics: Sendable, Equatable {
    /// The step at its end.
    public var step: Int
    /// The mean of the updates' losses.
    public var temporalDifferenceLoss: Double
    /// The mean of the rewards that acting earned.
    public var reward: Double
    public var evaluation: Evaluation?
    /// ‖θ‖₂ of all parameters.
    public var weightNorm: Double

    /// The line of the table, its newline included; numbers are written so that reading gives them back exactly.
    var line: String {
        let accuracy = evaluation.map { "\($0.greedyAccuracy)" } ?? ""
        let dead = evaluation?.deadFraction.map { "\($0)" } ?? ""
        return "\(step),\(temporalDifferenceLoss),\(reward),\(accuracy),\(weightNorm),\(dead)\n"
    }
}

/// How a run is getting on, for people: what is in the table, and the time that is not.
public struct RunProgress: Sendable {
    public var metrics: RunMetrics
    /// Steps that the whole run has.
    public var steps: Int
    public var stepsPerSecond: Double
}

/// Sums since the last line of the table.
struct MetricsSums: Codable, Equatable, Sendable {
    var loss = 0.0
    var updates = 0
    var reward = 0.0
    var actions = 0
}
