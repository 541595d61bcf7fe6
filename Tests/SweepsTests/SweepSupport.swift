import Agents
import Files
import TestSupport

@testable import Sweeps

/// Sweeps of runs that take no time: nothing is trained in them.
enum SmallSweep {
    /// `count` runs of 10 steps, called `run-1`, `run-2`, …
    static func plan(_ count: Int, steps: Int = 10) throws -> SweepPlan {
        let runs = (1...count).map { "- {name: run-\($0), seed: \($0)}" }.joined(separator: "\n")
        let defaults = "{steps: \(steps), images: 4, evaluation: 4, batch: 2, hidden: 2}"
        return try SweepPlan(parsing: "defaults: \(defaults)\nruns:\n\(runs)", from: "sweep.yaml")
    }

    /// A run's process that is a shell script instead; `$1` is the run's folder.
    static func launcher(_ script: String) -> RunLauncher {
        RunLauncher(executable: "/bin/sh") { ["sh", "-c", script, "sh", $0] }
    }

    /// Ends well, with a line of metrics that says the seed.
    static let honest = """
        seed=$(sed -n 's/^  "seed" : \\([0-9]*\\).*/\\1/p' "$1/run.json")
        printf 'step,td_loss\\n10,%s.5\\n' "$seed" > "$1/metrics.csv"
        """
}

extension TemporaryFolder {
    func sweep(_ plan: SweepPlan) throws -> Sweep { try Sweep(plan, folder: path) }
}
