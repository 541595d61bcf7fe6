import Files
import Plasticity

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a finished run's folder holds for the database.
struct RunResults: Equatable {
    struct Metric: Equatable {
        var step: Int
        var name: String
        var value: Double
    }

    struct Statistic: Equatable {
        var step: Int
        /// Empty for the whole network's.
        var layer: String
        var kind = ""
        var name: String
        var value: Double
    }

    struct Plasticity: Equatable {
        var step: Int
        var name: String
        var value: Double
        var standardError: Double?
        var low: Double?
        var high: Double?
    }

    struct ProbeTask: Equatable {
        var step: Int
        var task: Int
        /// Nil where the task failed.
        var finalLoss: Double?
        var halfLossStep: Double?
    }

    var metrics: [Metric] = []
    var statistics: [Statistic] = []
    var plasticity: [Plasticity] = []
    var tasks: [ProbeTask] = []

    init() {}

    /// Reads `metrics.csv`, `statistics/step_*.json` and `plasticity/step_*.json`.
    ///
    /// - Throws: `Fault` of kind `data` that names the file, and the line or key, that is not as it should be.
    init(readingRun folder: String) throws(Fault) {
        try readMetrics(folder + "/metrics.csv")
        for file in Self.documents(in: folder + "/statistics") { try readStatistics(file) }
        for file in Self.documents(in: folder + "/plasticity") { try readPlasticity(file) }
        try refuseRepetition(folder)
    }

    /// Two values of one name would be one too many: which is right?
    private func refuseRepetition(_ folder: String) throws(Fault) {
        let keys = [
            ("metrics.csv", metrics.map { "step \($0.step), \($0.name)" }),
            ("statistics", statistics.map { "step \($0.step), layer '\($0.layer)' \($0.kind), \($0.name)" }),
            ("plasticity", plasticity.map { "step \($0.step), \($0.name)" }),
        ]
        for (file, names) in keys {
            var seen: Set<String> = []
            for name in names where !seen.insert(name).inserted {
                throw Fault(.data, "has two values for \(name)", at: "\(folder)/\(file)", remedy: "Restore the files")
            }
        }
    }

    private mutating func readMetrics(_ path: String) throws(Fault) {
        let text = String(decoding: try AtomicFile.read(path), as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let names = lines[0].split(separator: ",").map(String.init)
        guard let place = names.firstIndex(of: "step"), lines.last?.isEmpty == true else {
            throw Fault(.data, "is no whole table with a column 'step'", at: path, remedy: "Restore the file")
        }
        for (number, line) in lines.enumerated().dropFirst().dropLast() {
            let words = line.split(separator: ",", omittingEmptySubsequences: false)
            guard words.count == names.count, let step = Int(words[place]) else {
                throw Self.noNumbers(path, number)
            }
            for (name, word) in zip(names, words) where name != "step" && !word.isEmpty {
                guard let value = Double(word), value.isFinite else { throw Self.noNumbers(path, number) }
                metrics.append(Metric(step: step, name: name, value: value))
            }
        }
    }

    private static func noNumbers(_ path: String, _ line: Int) -> Fault {
        Fault(.data, "is no line of numbers", at: "\(path), line \(line + 1)", remedy: "Restore the file")
    }

    private mutating func readStatistics(_ path: String) throws(Fault) {
        let document = try ResultDocument(reading: path)
        let step = try document.integer("step")
        for (name, value) in try document.object("statistics").numbers {
            statistics.append(Statistic(step: step, layer: "", name: name, value: value))
        }
        for layer in try document.objects("layers") {
            let (name, kind) = (try layer.text("name"), try layer.text("kind"))
            for (statistic, value) in layer.numbers {
                statistics.append(Statistic(step: step, layer: name, kind: kind, name: statistic, value: value))
            }
        }
    }

    private mutating func readPlasticity(_ path: String) throws(Fault) {
        let record = try PlasticityRecord(reading: path)
        guard let step = record.step else {
            throw Fault(.data, "does not say of which step", at: path, remedy: "Remove it, and resume the run")
        }
        let estimates = [
            ("plasticity", record.plasticity), ("plasticity_loss", record.plasticityLoss),
            ("final_loss", record.finalLoss), ("mean_loss", record.meanLoss),
        ]
        for (name, estimate) in estimates {
            guard let estimate else { continue }
            plasticity.append(
                Plasticity(
                    step: step, name: name, value: estimate.value, standardError: estimate.standardError,
                    low: estimate.interval?.first, high: estimate.interval?.last))
        }
        plasticity.append(Plasticity(step: step, name: "baseline", value: record.baseline))
        for (task, loss) in record.finalLosses.enumerated() {
            let half = task < record.halfLossSteps.count ? record.halfLossSteps[task] : nil
            tasks.append(ProbeTask(step: step, task: task, finalLoss: loss, halfLossStep: half))
        }
    }

    /// The files of a folder that are named by a step, in the order of the steps.
    private static func documents(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix("step_") && $0.hasSuffix(".json") }
            .sorted { ($0.count, $0) < ($1.count, $1) }
            .map { folder + "/" + $0 }
    }
}
