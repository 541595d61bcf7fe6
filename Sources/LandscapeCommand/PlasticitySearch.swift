import CommandSupport
import Files
import Krylov
import Landscape
import LinearAlgebra
import Logging
import Plasticity
import Synchronization

/// The work of `landscape plasticity`: one checkpoint after the other, its tasks side by side, each kept when it is
/// done.
struct PlasticitySearch<Element: Scalar> {
    private let plan: PlasticityPlan<Element>
    private let run: LongRun
    private let style: CommandSupport.Progress.Style
    private(set) var found: [PlasticityMeasurement] = []
    private var announced = false

    init(_ plan: PlasticityPlan<Element>, run: LongRun, style: CommandSupport.Progress.Style) {
        self.plan = plan
        self.run = run
        self.style = style
    }

    /// Whether the time was over before the last task of the last checkpoint.
    var isPartial: Bool { found.count < plan.series.members.count || !found.allSatisfy(\.isWhole) }

    /// Probes one checkpoint after the other, until the last or until the time is over.
    mutating func findAll() throws {
        let count = plan.series.members.count
        let perCheckpoint = plan.configuration.tasks * plan.configuration.steps
        var bar: CommandSupport.Progress?
        var commonOffset: Double?
        for index in 0..<count {
            try Interruption.check(remedy: remedy)
            let start = try plan.start(index)
            let offset = commonOffset ?? plan.probe.offset(of: start.parameters, first: start.parameters)
            if plan.configuration.offset != .own { commonOffset = offset }
            let kept = KeptTasks<Element>(plan.identity(of: start, offset: offset), checkpoint: index + 1, run: run)
            try announce(start, from: index)
            let progress =
                bar ?? CommandSupport.Progress("steps", total: perCheckpoint * count, unit: "steps", style: style)
            bar = progress
            let done = Mutex([Int](repeating: 0, count: plan.configuration.tasks))
            let label = count > 1 ? "checkpoint \(index + 1) of \(count)" : ""
            var steering = kept.steering
            steering.progress = { [base = index * perCheckpoint] task, step in
                let sum = done.withLock { done in
                    done[task] = step
                    return done.reduce(0, +)
                }
                progress.advance(to: base + sum, details: label)
            }
            let measurement: PlasticityMeasurement
            do throws(Fault) {
                measurement = try plan.probe.measure(start, offset: offset, steering: steering)
            } catch {
                throw error.kind == .data ? error.within(plan.series.members[index].path) : error
            }
            if !measurement.outcomes.isEmpty { found.append(measurement) }
            guard measurement.isWhole else { break }
            progress.advance(to: (index + 1) * perCheckpoint)
        }
        bar?.finish()
        guard found.isEmpty else { return }
        throw Fault(
            .usage, "the time was over before the first task was done", at: "--time-limit",
            remedy: run.keepsStates ? "The same command goes on from here" : "Give more time")
    }

    /// Says once what the run will cost, where that is long.
    private mutating func announce(_ start: ProbeStart<Element>, from index: Int) throws(Fault) {
        let left = plan.series.members.count - index
        let steps = left * plan.configuration.tasks * plan.configuration.steps
        guard !announced, steps > 100 else { return }
        announced = true
        let each = try plan.probe.secondsPerStep(from: start)
        let abreast = min(plan.probe.workers.count, plan.configuration.tasks)
        let seconds = each * Double(steps) / Double(abreast)
        guard seconds > 15 else { return }
        Logger(label: "landscape").notice(
            """
            about \(steps) steps of \(CostNotice.duration(each)), \(abreast) at a time: \
            \(CostNotice.duration(seconds)) in all
            """)
    }

    func finding(seconds: Double) throws(Fault) -> PlasticityFinding<Element> {
        var warnings: [String] = []
        if isPartial {
            warnings.append(run.partialWarning)
            let tasks = found.last.map { "\($0.outcomes.count) of \(plan.configuration.tasks) tasks" } ?? "no task"
            warnings.append(
                "\(found.count) of \(plan.series.members.count) checkpoints were probed, the last on \(tasks)")
        }
        return try PlasticityFinding(plan, found, seconds: seconds, warnings: warnings, isPartial: isPartial)
    }

    private var remedy: String {
        run.keepsStates ? "The tasks finished so far are kept: type the same command again to go on" : ""
    }
}

/// The tasks of one checkpoint as files: the outcomes of those that are done, the states of those under way.
private final class KeptTasks<Element: Scalar>: Sendable {
    private let identity: RunIdentity
    private let checkpoint: Int
    private let run: LongRun
    private let keepers = Mutex<[Int: RunKeeper<Element>]>([:])
    private let hasAnnounced = Atomic(false)

    init(_ identity: RunIdentity, checkpoint: Int, run: LongRun) {
        self.identity = identity
        self.checkpoint = checkpoint
        self.run = run
    }

    var steering: ProbeSteering<Element> {
        ProbeSteering(
            known: { task in
                guard let file: RunFile<Element> = self.outcome(task), let (numbers, note) = try file.contents() else {
                    return nil
                }
                self.announce(file)
                return try Self.outcome(task, numbers.numbers, note: note, in: file.path)
            },
            control: { task in
                let file: RunFile<Element>? = self.run.file("\(self.name(task))-state", self.identity)
                let keeper = try RunKeeper(file, self.run.limits)
                self.keepers.withLock { $0[task] = keeper }
                if let file, keeper.isResumed { self.announce(file) }
                return keeper.control
            },
            finished: { outcome in
                guard let file: RunFile<Element> = self.outcome(outcome.task) else { return }
                var numbers = ["curve": outcome.curve, "batch losses": outcome.batchLosses]
                if let failure = outcome.failure { numbers["failed at"] = [Double(failure.step)] }
                try file.write(Snapshot(numbers: numbers), note: outcome.failure?.message ?? "")
                self.keepers.withLock { $0[outcome.task]?.discard() }
            })
    }

    private func name(_ task: Int) -> String { "checkpoint-\(checkpoint)-task-\(task + 1)" }

    private func outcome(_ task: Int) -> RunFile<Element>? { run.file(name(task), identity) }

    private func announce(_ file: RunFile<Element>) {
        guard hasAnnounced.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        LongRun.announce(file)
    }

    private static func outcome(
        _ task: Int, _ numbers: [String: [Double]], note: String, in path: String
    ) throws(Fault) -> ProbeOutcome {
        guard let curve = numbers["curve"], let batchLosses = numbers["batch losses"] else {
            throw Fault(
                .data, "holds no outcome of a task", at: path, remedy: "Remove it or use --fresh to begin anew")
        }
        let failure = numbers["failed at"]?.first.map {
            ProbeOutcome.Failure(step: Int($0), message: note)
        }
        return ProbeOutcome(task: task, curve: curve, batchLosses: batchLosses, failure: failure)
    }
}
