public import Files
public import Krylov
public import LinearAlgebra
import Synchronization

/// Steers one stage of a long run by a clock, an interrupt and a file: makes the `RunControl` that the stage takes.
///
/// ```swift
/// let keeper = try RunKeeper(RunFile<Float>(path, identity: identity), limits)
/// let density = try spectralDensity(of: hessian, configuration, control: keeper.control)
/// // … and once the result is written, whole:
/// keeper.discard()
/// ```
///
/// A snapshot is written where the stage offers one and the state's period has passed, where the user has asked to stop
/// (a `Fault` of kind `interrupted` ends the stage then), and where the time limit has passed, before the stage asks
/// whether it is over. A stage that has ended keeps its last state until `discard`: should a later stage be killed, it
/// is back here within a period's work.
public final class RunKeeper<Element: Scalar>: Sendable {
    private struct State {
        /// In the limits' seconds.
        var nextWrite: Double
        var writes = 0
        var secondsWriting = 0.0
        var savedAtLimit = false
        var endedEarly = false
    }

    /// Where the stage begins; nil for its beginning.
    private let resumed: Snapshot<Element>?
    private let file: RunFile<Element>?
    private let limits: RunLimits
    private let state: Mutex<State>

    /// Takes up the state in the file, where there is one.
    ///
    /// - Parameters:
    ///   - file: nil for a run that keeps no state: it can be interrupted and limited all the same.
    ///   - fresh: begin anew, whatever the file holds.
    /// - Throws: `Fault` of kind `data` where the state is damaged or another run's; `inputOutput` where it cannot be
    ///   read.
    public init(_ file: RunFile<Element>?, _ limits: RunLimits, fresh: Bool = false) throws(Fault) {
        if fresh { file?.remove() }
        resumed = try file?.read()
        self.file = file
        self.limits = limits
        state = Mutex(State(nextWrite: limits.elapsed() + limits.statePeriod.pause(after: 0)))
    }

    /// Whether the stage goes on from a state.
    public var isResumed: Bool { resumed != nil }

    /// Whether the stage was told that its time is over.
    public var endedEarly: Bool { state.withLock { $0.endedEarly } }

    /// How many states were written, and the seconds that they took together.
    public var writes: (count: Int, seconds: Double) { state.withLock { ($0.writes, $0.secondsWriting) } }

    /// What the stage is to be called with.
    public var control: RunControl<Element> {
        RunControl(resumed: resumed, isOver: { self.isOver() }, offer: { make in try self.take(make) })
    }

    /// Removes the state: the result that it was for is whole.
    public func discard() { file?.remove() }

    private func isOver() -> Bool {
        guard limits.isOver else { return false }
        state.withLock { $0.endedEarly = true }
        return true
    }

    private func take(_ make: () -> Snapshot<Element>) throws(Fault) {
        guard let file else {
            if limits.isInterrupted() { throw Fault(.interrupted, "interrupted") }
            return
        }
        let isInterrupted = limits.isInterrupted()
        let isDue = state.withLock { state in
            let isFirstPastLimit = limits.isOver && !state.savedAtLimit
            if isFirstPastLimit { state.savedAtLimit = true }
            return isFirstPastLimit || limits.elapsed() >= state.nextWrite
        }
        if isDue || isInterrupted { try write(make, to: file) }
        guard isInterrupted else { return }
        throw Fault(
            .interrupted, "interrupted; what was done so far is kept in \(file.path)",
            remedy: "Type the same command again to go on")
    }

    private func write(_ make: () -> Snapshot<Element>, to file: RunFile<Element>) throws(Fault) {
        let begin = limits.elapsed()
        try file.write(make())
        let end = limits.elapsed()
        state.withLock { state in
            state.writes += 1
            state.secondsWriting += end - begin
            state.nextWrite = end + limits.statePeriod.pause(after: end - begin)
        }
    }
}
