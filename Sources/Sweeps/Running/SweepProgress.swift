/// How a sweep is getting on, for people.
public struct SweepProgress: Sendable {
    public var counts: SweepCounts
    /// Updates done, of the runs that are done, that failed (no more will come) and that are under way.
    public var stepsDone: Int
    /// Updates of all runs.
    public var steps: Int

    /// `12/128 runs done, 2 running, 1 failed`.
    public var details: String {
        var words = "\(counts.done)/\(counts.all) runs done, \(counts.running) running"
        if counts.failed > 0 { words += ", \(counts.failed) failed" }
        return words
    }
}

/// Adds up how far the runs are.
struct SweepMeter {
    /// What is beyond this counts as much: shares of it are multiplied by a hundred to be shown.
    private static let mostSteps = Int.max / 1024
    /// Where runs stood that were not running when last looked at: only running ones move.
    private var known: [Int: Int] = [:]

    mutating func measure(_ runs: [SweepRunState], in folder: String) -> SweepProgress {
        var counts = SweepCounts()
        var done: [Int] = []
        for run in runs {
            switch run.status {
            case .done:
                counts.done += 1
                done.append(run.steps)
            case .failed:
                counts.failed += 1
                done.append(run.steps)
            case .waiting:
                counts.waiting += 1
                done.append(known[run.id] ?? step(of: run, in: folder))
            case .running:
                counts.running += 1
                done.append(step(of: run, in: folder))
            }
        }
        return SweepProgress(
            counts: counts, stepsDone: StepCount.sum(done, atMost: Self.mostSteps),
            steps: StepCount.sum(runs.map(\.steps), atMost: Self.mostSteps))
    }

    private mutating func step(of run: SweepRunState, in folder: String) -> Int {
        let step = LoggedStep.of(run: Sweep.folder(ofRun: run.name, in: folder))
        known[run.id] = step
        return step
    }
}
