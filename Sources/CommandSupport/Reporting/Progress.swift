import Foundation
import Synchronization

/// How far a long run is, on standard error: a bar with rate and time left on a terminal, a line every ten seconds
/// elsewhere. Any thread may report.
///
/// Name it in full where Foundation is imported too: `CommandSupport.Progress`.
public final class Progress: Sendable {
    /// How progress is shown.
    public enum Style: Sendable {
        /// One line, drawn anew at most ten times a second.
        case bar
        /// A line every `everySeconds`.
        case lines(everySeconds: Double)
        case silent

        /// A bar for a person at a terminal, lines for a log.
        public static var automatic: Style { StandardError.isTerminal ? .bar : .lines(everySeconds: 10) }
    }

    private struct State {
        var done: Int
        var details = ""
        var meter: RateMeter
        /// In the clock's seconds.
        var shownAt: Double
        var isFinished = false
    }

    private let name: String
    private let total: Int
    private let unit: String
    private let style: Style
    private let state: Mutex<State>

    /// - Parameters:
    ///   - name: what is going on: `training`.
    ///   - total: how many units there are to do.
    ///   - unit: what is counted, in the plural: `steps`.
    ///   - done: how many were done before, in a run that is resumed.
    public init(_ name: String, total: Int, unit: String, done: Int = 0, style: Style = .automatic) {
        self.name = name
        self.total = total
        self.unit = unit
        self.style = style
        let now = Self.now
        state = Mutex(State(done: done, meter: RateMeter(done: done, at: now), shownAt: now))
    }

    /// Says that `done` units are done, and what else is worth seeing: `loss 0.12`. Cheap enough for every step.
    public func advance(to done: Int, details: @autoclosure () -> String = "") {
        let period: Double
        switch style {
        case .silent: return
        case .bar: period = 0.1
        case .lines(let seconds): period = seconds
        }
        let now = Self.now
        state.withLock { state in
            state.done = done
            guard now - state.shownAt >= period, !state.isFinished else { return }
            state.shownAt = now
            state.meter.record(done: done, at: now)
            state.details = details()
            show(state)
        }
    }

    /// Takes the bar away and leaves a line that says how long it took.
    public func finish() {
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            if case .silent = style { return }
            if case .bar = style { StandardError.endBar() }
            StandardError.write(line: Self.closing(name, unit, done: state.done, meter: state.meter, at: Self.now))
        }
    }

    private func show(_ state: State) {
        let line = ProgressLine(
            name: name, done: state.done, total: total, unit: unit, rate: state.meter.rate, details: state.details)
        switch style {
        case .bar: StandardError.show(bar: line.bar(width: StandardError.width - 1))
        case .lines: StandardError.write(line: line.text)
        case .silent: break
        }
    }

    static func closing(_ name: String, _ unit: String, done: Int, meter: RateMeter, at now: Double) -> String {
        let seconds = now - meter.start
        let count = done - meter.doneAtStart
        let rate = seconds > 0 ? ", \(ProgressLine.rateText(Double(count) / seconds, unit))" : ""
        return "\(name): \(count) \(unit) in \(ProgressLine.duration(seconds))\(rate)"
    }

    private static let clock = ContinuousClock()
    private static let origin = clock.now
    private static var now: Double { origin.duration(to: clock.now) / .seconds(1) }
}

/// The rate of late: each new measurement weighs with the time that it spans. The longer it goes on, the farther back it
/// looks, since what takes long is often uneven (an agent's steps, then a probe).
struct RateMeter {
    let start: Double
    let doneAtStart: Int
    private var lastTime: Double
    private var lastDone: Int
    /// Units a second; nil before the first measurement.
    private(set) var rate: Double?
    /// What was measured this long ago counts 1/e, in seconds: these, or a third of the time since the start.
    private static let leastMemory = 5.0

    init(done: Int, at time: Double) {
        (start, doneAtStart, lastTime, lastDone) = (time, done, time, done)
    }

    mutating func record(done: Int, at time: Double) {
        let seconds = time - lastTime
        guard seconds > 0 else { return }
        let measured = Double(done - lastDone) / seconds
        let weight = 1 - exp(-seconds / max(Self.leastMemory, (time - start) / 3))
        // Before the memory is full the plain mean since the start is the better estimate.
        let settled = max(weight, seconds / max(seconds, time - start))
        rate = (rate ?? measured) + settled * (measured - (rate ?? measured))
        (lastTime, lastDone) = (time, done)
    }
}
