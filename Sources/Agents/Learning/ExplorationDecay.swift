import Files

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How ε falls at the beginning of a run: from `start` to its last value over the first `steps` updates.
///
/// The last value is `DQNConfiguration.exploration`, which holds from then on; the warm-up explores with `start`.
public struct ExplorationDecay: Sendable, Equatable, Codable {
    public enum Shape: String, Sendable, Codable, CaseIterable {
        /// ε(t) = start + (end − start) t/T.
        case linear
        /// ε(t) = start · (end/start)^(t/T).
        case exponential
    }

    public var shape: Shape
    public var start: Double
    /// T.
    public var steps: Int

    public init(_ shape: Shape, start: Double = 1, steps: Int) {
        self.shape = shape
        self.start = start
        self.steps = steps
    }

    /// ε after `step` updates.
    ///
    /// Source: Mnih et al. 2015, extended data table 1, for the linear one.
    public func exploration(at step: Int, endingAt end: Double) -> Double {
        guard step < steps else { return end }
        let share = Double(step) / Double(steps)
        return switch shape {
        case .linear: start + (end - start) * share
        case .exponential: start * pow(end / start, share)
        }
    }

    func validate(endingAt end: Double) throws(Fault) {
        try DQNConfiguration.check("exploration_decay.start", start, in: 0...1)
        try DQNConfiguration.check("exploration_decay.steps", steps, in: 1...Int.max)
        guard shape == .linear || (start > 0 && end > 0) else {
            throw Fault(
                .usage, "goes from \(start) to \(end), and an exponential decay neither leaves nor reaches 0",
                at: "exploration_decay", remedy: "Let both ends be positive, or the decay linear")
        }
    }
}
