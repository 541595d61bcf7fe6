import CommandSupport
import Files
import LinearAlgebra
import Studies
import Synchronization

/// A study with the user's ways to watch and to end it.
struct StudySessionRun {
    /// In seconds; nil without end.
    let limit: Double?
    let style: CommandSupport.Progress.Style
    let workers: Workers
    let dataDirectory: String?

    /// - Throws: as the study; after an interrupt or the end of the time, a `Fault` that says how to go on.
    func run<S: Study>(_ execution: StudyExecution<S>, in folder: String) throws(Fault) -> StudyEnding {
        let bars = Bars(style: style)
        defer { bars.finish() }
        let began = ContinuousClock.now
        let isOver: @Sendable () -> Bool = { [limit] in
            limit.map { (ContinuousClock.now - began) / .seconds(1) >= $0 } ?? false
        }
        var session = StudySession()
        session.workers = workers
        session.dataDirectory = dataDirectory
        session.agentsProgram = "/proc/self/exe"
        session.shouldStop = { Interruption.isRequested || isOver() }
        session.progress = { bars.show($0) }
        do throws(Fault) {
            return try execution.run(session)
        } catch {
            guard error.kind == .interrupted else { throw error }
            throw Fault(
                .interrupted, Interruption.isRequested ? "stopped; all is saved" : "the time is over; all is saved",
                at: folder,
                remedy: "Go on with: agents study \(S.name) --output \(folder)"
                    + (dataDirectory.map { " --data-dir \($0)" } ?? ""))
        }
    }
}

/// A bar for each stage of a study, one after another.
private final class Bars: Sendable {
    private struct State {
        var stage = ""
        var bar: CommandSupport.Progress?
    }

    private let style: CommandSupport.Progress.Style
    private let state = Mutex(State())

    init(style: CommandSupport.Progress.Style) { self.style = style }

    func show(_ progress: StudyProgress) {
        let bar = state.withLock { state -> CommandSupport.Progress? in
            if state.stage != progress.stage {
                state.bar?.finish()
                state.stage = progress.stage
                state.bar = CommandSupport.Progress(
                    progress.stage, total: progress.total, unit: progress.unit, done: progress.done, style: style)
            }
            return state.bar
        }
        bar?.advance(to: progress.done, details: progress.details)
    }

    func finish() { state.withLock { $0.bar?.finish() } }
}
