import CommandSupport
import Files
import Landscape
import LinearAlgebra
import Logging
import Synchronization

/// The long run of one command at one checkpoint: its clock, and under `--output` the states of its stages.
///
/// ```swift
/// let run = LongRun(options, output: folder?.path)
/// var identity = RunIdentity(command: "hessian", version: Version.current)
/// identity.add(problem)
/// let keeper: RunKeeper<Element> = try run.keeper("density", identity.adding(["steps": steps, "seed": seed]))
/// let density = try spectralDensity(of: hessian, configuration, control: keeper.control)
/// // … and, once every file of the result is written:
/// run.finish(partial: keeper.endedEarly)
/// ```
struct LongRun {
    /// One clock for all stages.
    let limits: RunLimits
    private let output: String?
    private let fresh: Bool
    private let stages = Stages()

    /// The stages whose states are this run's to remove.
    private final class Stages: Sendable {
        let names = Mutex<Set<String>>([])
    }

    /// Starts the clock.
    ///
    /// - Parameter output: the folder of the result; nil for a run that keeps no state.
    init(_ options: RunOptions, output: String?) {
        let period: RunLimits.StatePeriod =
            switch options.statePeriod?.seconds {
            case nil: .adaptive
            case 0?: .everyOffer
            case let seconds?: .seconds(seconds)
            }
        self.init(
            RunLimits(
                timeLimitSeconds: options.timeLimit?.seconds, statePeriod: period,
                isInterrupted: { Interruption.isRequested }), output: output, fresh: options.fresh)
    }

    private init(_ limits: RunLimits, output: String?, fresh: Bool) {
        self.limits = limits
        self.output = output
        self.fresh = fresh
        // Where a killed process was writing, its pieces are still there.
        if let output {
            AtomicFile.removeAbandonedFiles(in: output)
            AtomicFile.removeAbandonedFiles(in: Self.folder(in: output))
        }
    }

    /// Whether states are kept, so that the run can be gone on with.
    var keepsStates: Bool { output != nil }

    /// The same run, on the same clock, in another folder: for one checkpoint of a series.
    func member(_ folder: String?) -> LongRun { LongRun(limits, output: folder, fresh: fresh) }

    /// The file of the state named `stage`, `DIR/.state/<stage>.safetensors`; nil for a run that keeps none.
    func file<Element: Scalar>(_ stage: String, _ identity: RunIdentity) -> RunFile<Element>? {
        guard let output else { return nil }
        let file = RunFile<Element>(
            "\(Self.folder(in: output))/\(stage).safetensors", identity: identity.adding(["stage": stage]))
        if fresh { file.remove() }
        _ = stages.names.withLock { $0.insert(stage) }
        return file
    }

    /// What keeps the stage of that name.
    ///
    /// - Throws: `Fault` of kind `data` where the state there is damaged or belongs to a run of another identity.
    func keeper<Element: Scalar>(_ stage: String, _ identity: RunIdentity) throws(Fault) -> RunKeeper<Element> {
        let file: RunFile<Element>? = file(stage, identity)
        let keeper = try RunKeeper(file, limits)
        if let file, keeper.isResumed { Self.announce(file) }
        return keeper
    }

    /// Says that work done before is taken up.
    static func announce<Element: Scalar>(_ file: RunFile<Element>) {
        Logger(label: "landscape").notice("goes on from \(file.path)")
    }

    /// Called when the result is written: a whole one needs no state any more, a partial one is gone on with from it.
    func finish(partial: Bool) {
        guard let output, !partial else { return }
        // One that was being killed when this run began may have died since.
        AtomicFile.removeAbandonedFiles(in: Self.folder(in: output))
        RunStates.remove(stages.names.withLock { $0 }, in: Self.folder(in: output))
    }

    /// What a partial result says to its reader.
    var partialWarning: String {
        let limit = limits.timeLimitSeconds.map { CostNotice.duration($0) } ?? "its end"
        let next = output == nil ? "" : "; the same command with a longer limit, or none, goes on from here"
        return "partial: the time limit of \(limit) ended the run early\(next)"
    }

    private static func folder(in output: String) -> String { output + "/.state" }
}
