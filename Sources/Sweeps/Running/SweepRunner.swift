public import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Sweep {
    /// Works on the sweep until all runs are done or have failed, other processes' runs included.
    ///
    /// - Parameters:
    ///   - jobs: how many runs at once.
    ///   - retryFailed: whether runs that have failed are begun once more.
    ///   - shouldStop: asked often; true has all runs save where they are, and ends the sweep with a fault.
    ///   - progress: told twice a second.
    /// - Throws: `Fault` of kind `interrupted` after `shouldStop`; `inputOutput` where the disk is full or the system
    ///   refuses. The same call goes on after each; a run's own failure is only recorded.
    @discardableResult
    public func run(
        jobs: Int, launcher: RunLauncher, retryFailed: Bool = false, shouldStop: () -> Bool = { false },
        progress: (SweepProgress) -> Void = { _ in }
    ) throws(Fault) -> SweepCounts {
        if retryFailed { _ = try database.retryFailed() }
        var runner = try SweepRunner(self, jobs: jobs, launcher: launcher)
        do throws(Fault) {
            try runner.work(shouldStop, progress)
        } catch {
            runner.windDown()
            try? runner.owner.leave()
            throw error
        }
        try runner.owner.leave()
        let counts = try database.counts()
        guard !counts.isComplete else { return counts }
        throw Fault(
            .interrupted, "stopped with \(counts.done) of \(counts.all) runs done; all is saved", at: folder,
            remedy: "Go on with the same command")
    }
}

extension Sweep {
    /// How far the sweep is now.
    public func progress() throws(Fault) -> SweepProgress {
        var meter = SweepMeter()
        return meter.measure(try database.states(), in: folder)
    }
}

/// One process's share of a sweep.
private struct SweepRunner {
    /// A run that we have claimed; without a process, one whose folder another's last process has not left yet.
    private struct Slot {
        let run: SweepRun
        var process: ChildProcess?
    }

    /// How long processes have to save themselves before they are killed.
    private static let patience = Duration.seconds(15)
    /// So often may a run be killed without getting on: then it is likely that the machine cannot do it.
    private static let mostDeaths = 5
    private let sweep: Sweep
    private let jobs: Int
    private let launcher: RunLauncher
    let owner: SweepOwner
    private var slots: [Slot] = []
    private var deaths: [Int: (step: Int, count: Int)] = [:]
    private var meter = SweepMeter()
    private var nextClaim = ContinuousClock.now
    private var nextReport = ContinuousClock.now

    init(_ sweep: Sweep, jobs: Int, launcher: RunLauncher) throws(Fault) {
        self.sweep = sweep
        self.jobs = max(1, jobs)
        self.launcher = launcher
        owner = try SweepOwner(of: sweep.database, in: sweep.folder)
    }

    mutating func work(_ shouldStop: () -> Bool, _ progress: (SweepProgress) -> Void) throws(Fault) {
        while true {
            let isStopping = shouldStop()
            if isStopping { askAllToStop() } else { try claim() }
            try attend(isStopping)
            if slots.isEmpty {
                if isStopping { return }
                if try sweep.database.counts().isComplete { return try report(progress) }
            }
            if ContinuousClock.now >= nextReport {
                try report(progress)
                nextReport = .now + .milliseconds(500)
            }
            Self.rest()
        }
    }

    /// Ends all processes after a fault of ours.
    mutating func windDown() {
        askAllToStop()
        let end = ContinuousClock.now + Self.patience
        while slots.contains(where: { $0.process?.poll() == nil && $0.process != nil }), ContinuousClock.now < end {
            Self.rest()
        }
        for slot in slots { slot.process?.kill() }
    }

    private mutating func claim() throws(Fault) {
        while slots.count < jobs, ContinuousClock.now >= nextClaim {
            guard let run = try sweep.database.claim(for: owner, in: sweep.folder) else {
                // All that is left is others': they may die.
                nextClaim = .now + .milliseconds(500)
                return
            }
            slots.append(Slot(run: run))
        }
    }

    /// Starts what can be started, and takes in what has ended.
    private mutating func attend(_ isStopping: Bool) throws(Fault) {
        for index in slots.indices.reversed() {
            let run = slots[index].run
            guard let process = slots[index].process else {
                if isStopping {
                    try sweep.database.release(run, outcome: "stopped", by: owner)
                    slots.remove(at: index)
                } else if !FileLock.isHeld(sweep.folder(of: run) + "/.lock"), try !start(index) {
                    slots.remove(at: index)
                }
                continue
            }
            guard let ending = process.poll() else { continue }
            slots[index].process = nil
            if try !takeIn(run, RunEnding(ending, said: process.said)) { slots.remove(at: index) }
        }
    }

    /// False where the run cannot even be begun, which is recorded.
    private mutating func start(_ index: Int) throws(Fault) -> Bool {
        let run = slots[index].run
        let folder = sweep.folder(of: run)
        do throws(Fault) {
            try sweep.lay(run)
        } catch  where error.kind != .inputOutput {
            let failure = RunFailure(error: error.description, exitCode: Int(error.kind.rawValue))
            try sweep.database.fail(run, failure, by: owner)
            return false
        }
        slots[index].process = try ChildProcess(launcher.executable, launcher.arguments(folder))
        return true
    }

    /// True where the run keeps its slot.
    private mutating func takeIn(_ run: SweepRun, _ ending: RunEnding) throws(Fault) -> Bool {
        switch ending {
        case .complete: try finish(run)
        case .occupied: return true
        case .interrupted(let how):
            let step = LoggedStep.of(run: sweep.folder(of: run))
            let last = deaths[run.id] ?? (step: -1, count: 0)
            let count = step > last.step ? 1 : last.count + 1
            deaths[run.id] = (max(step, last.step), count)
            guard count >= Self.mostDeaths else {
                try sweep.database.release(run, outcome: how, by: owner)
                return false
            }
            let words = "\(how), \(count) times without getting on: perhaps it needs more memory than there is"
            try sweep.database.fail(run, RunFailure(error: words, exitCode: -1), by: owner)
        case .noSpace(let message):
            try? sweep.database.release(run, outcome: "the disk is full", by: owner)
            throw Fault(
                .inputOutput, "the sweep stops: \(message)", at: sweep.folder,
                remedy: "All is saved: free space, and give the same command again")
        case .failed(let failure): try sweep.database.fail(run, failure, by: owner)
        }
        return false
    }

    private func finish(_ run: SweepRun) throws(Fault) {
        let results: RunResults
        do throws(Fault) {
            results = try RunResults(readingRun: sweep.folder(of: run))
        } catch  where error.kind == .data {
            let failure = RunFailure(error: error.description, exitCode: Int(error.kind.rawValue))
            return try sweep.database.fail(run, failure, by: owner)
        }
        try sweep.database.finish(run, results, by: owner)
    }

    private mutating func report(_ progress: (SweepProgress) -> Void) throws(Fault) {
        progress(meter.measure(try sweep.database.states(), in: sweep.folder))
    }

    private func askAllToStop() {
        for slot in slots { slot.process?.askToStop() }
    }

    /// Short beside any run, long beside what looking costs.
    private static func rest() { usleep(50_000) }
}
