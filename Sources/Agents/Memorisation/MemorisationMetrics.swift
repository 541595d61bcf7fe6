public import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A line of a memorisation run's `metrics.csv`.
public struct MemorisationMetrics: Sendable, Equatable {
    /// Updates done.
    public var step: Int
    /// The task, from 0, whose labels the last update saw and the accuracy is about.
    public var task: Int
    /// The mean loss of the updates since the line before.
    public var loss: Double
    /// The share of the measured images whose largest output is their label.
    public var accuracy: Double
    /// The share of the rectifiers' units that are zero on all measured images; nil where there are none.
    public var deadFraction: Double?
    /// ‖θ‖₂ of all parameters.
    public var weightNorm: Double

    static let header = "step,task,loss,accuracy,dead_fraction,weight_norm\n"

    /// The line, its newline included; numbers are written so that reading gives them back exactly.
    var line: String {
        "\(step),\(task),\(loss),\(accuracy),\(deadFraction.map { "\($0)" } ?? ""),\(weightNorm)\n"
    }

    public init(
        step: Int, task: Int, loss: Double, accuracy: Double, deadFraction: Double?, weightNorm: Double
    ) {
        self.step = step
        self.task = task
        self.loss = loss
        self.accuracy = accuracy
        self.deadFraction = deadFraction
        self.weightNorm = weightNorm
    }

    private init?(line: Substring) {
        let words = line.split(separator: ",", omittingEmptySubsequences: false)
        guard words.count == 6, let step = Int(words[0]), let task = Int(words[1]), let loss = Double(words[2]),
            let accuracy = Double(words[3]), let norm = Double(words[5]),
            words[4].isEmpty || Double(words[4]) != nil
        else { return nil }
        self.init(
            step: step, task: task, loss: loss, accuracy: accuracy, deadFraction: Double(words[4]), weightNorm: norm)
    }

    /// The table of the run in `directory`, line by line.
    ///
    /// - Throws: `Fault` of kind `data` that names the line which is none.
    public static func read(run directory: String) throws(Fault) -> [MemorisationMetrics] {
        let path = directory + "/metrics.csv"
        let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
        // What follows the last end of line was being written when the run was killed.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        var metrics: [MemorisationMetrics] = []
        for (number, line) in lines.enumerated().dropFirst() {
            guard let found = MemorisationMetrics(line: line) else {
                throw Fault(
                    .data, "is no line of such a table", at: "\(path), line \(number + 1)", remedy: "Restore the file")
            }
            metrics.append(found)
        }
        return metrics
    }
}

/// That and where training stopped being finite: a result of the run, not a failure of the program.
public struct Divergence: Sendable, Equatable, Codable {
    /// The update that was not finite.
    public var step: Int
    public var reason: String

    public init(step: Int, reason: String) {
        self.step = step
        self.reason = reason
    }
}
