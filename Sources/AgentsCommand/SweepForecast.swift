import Agents
import CommandSupport
import Files
import Foundation
import Sweeps

/// The runs of a sweep that is not begun yet, and what they would take.
struct SweepForecast: Encodable {
    struct Run: Encodable {
        var name: String
        var steps: Int
        var seconds: Double
        var bytes: Double
        var settings: [String: String]
    }

    let command = "agents sweep"
    let version = Version.current
    let jobs: Int
    let seconds: Double
    let bytes: Double
    let runs: [Run]

    /// - Throws: `Fault` that names the run, where its configuration makes no agent.
    init(_ plan: SweepPlan, jobs: Int) throws(Fault) {
        var meter = RunCostMeter()
        var runs: [Run] = []
        for run in plan.runs {
            let cost: RunCost
            do throws(Fault) {
                cost = try meter.cost(of: run.configuration)
            } catch {
                throw error.within((run.place.isEmpty ? "" : run.place + ", ") + "run \(run.name)")
            }
            runs.append(
                Run(
                    name: run.name, steps: run.configuration.schedule.steps, seconds: cost.seconds, bytes: cost.bytes,
                    settings: run.settings))
        }
        self.runs = runs
        self.jobs = jobs
        bytes = runs.reduce(0) { $0 + $1.bytes }
        let all = runs.reduce(0) { $0 + $1.seconds }
        // No schedule is shorter than its longest run.
        seconds = max(all / Double(jobs), runs.map(\.seconds).max() ?? 0)
    }

    func show(asJSON: Bool) throws(Fault) { try StandardOutput.write(asJSON ? JSONText.encode(self) : text) }

    private var text: String {
        var table = Table([.init("run", .left), .init("steps", .right), .init("time", .right), .init("disk", .right)])
        for run in runs {
            table.append([
                .text(run.name), .integer(run.steps), .text(Self.time(run.seconds)), .text(Self.size(run.bytes)),
            ])
        }
        let count = runs.count == 1 ? "1 run" : "\(runs.count) runs"
        return table.text + """

            \(count), \(jobs) at once: about \(Self.time(seconds)) on this machine, and \(Self.size(bytes)) of disk.
            The time is that of updates and probes, measured now; evaluations and statistics come on top.

            """
    }

    private static func time(_ seconds: Double) -> String {
        if seconds < 60 { return String(format: "%.0f s", seconds.rounded(.up)) }
        let years = seconds / 31_557_600
        if years >= 10 { return String(format: "%.3g years", years) }
        let minutes = Int((seconds / 60).rounded())
        return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }

    private static func size(_ bytes: Double) -> String {
        bytes < 1e9 ? String(format: "%.0f MB", bytes / 1e6) : String(format: "%.1f GB", bytes / 1e9)
    }
}
