public import Krylov

/// What one network made of the tasks of a probe.
public struct PlasticityMeasurement: Sendable, Equatable {
    /// a.
    public let offset: Double
    /// Of every task that was run, in their order; those that failed say so.
    public let outcomes: [ProbeOutcome]
    /// bₖ of every task of the probe.
    public let variances: [Double]
    /// The steps of the outcomes' curves.
    public let curveSteps: [Int]

    public init(offset: Double, outcomes: [ProbeOutcome], variances: [Double], curveSteps: [Int]) {
        self.offset = offset
        self.outcomes = outcomes
        self.variances = variances
        self.curveSteps = curveSteps
    }

    /// Whether every task was run, be it to a failure.
    public var isWhole: Bool { outcomes.count == variances.count }

    /// The outcomes that have a result.
    public var learnt: [ProbeOutcome] { outcomes.filter { $0.failure == nil } }

    public var failures: [(task: Int, failure: ProbeOutcome.Failure)] {
        outcomes.compactMap { outcome in outcome.failure.map { (outcome.task, $0) } }
    }

    /// b, the mean over all tasks of their targets' variance.
    public var baseline: Double { variances.reduce(0, +) / Double(variances.count) }

    /// P(θ) = b − E[ℓ(θ*)], the mean over tasks of bₖ − ℓₖ, with a Student interval over tasks; nil without a result.
    public var plasticity: Estimate? { mean { outcome, task in outcome.finalLoss.map { variances[task] - $0 } } }

    /// E[ℓ(θ*)].
    public var finalLoss: Estimate? { mean { outcome, _ in outcome.finalLoss } }

    /// The mean loss over the whole budget (trapezes between the curve's steps): small where a network learns fast,
    /// also of two that end alike.
    public var meanLoss: Estimate? { mean { outcome, _ in area(outcome.curve) } }

    /// Plasticity lost since `first`: the mean over tasks of P(θ₀) − P(θ) = ℓₖ(θ*) − ℓₖ(θ₀*), positive where plasticity
    /// was lost. Over the tasks that both have learnt; nil without any.
    public func loss(since first: PlasticityMeasurement) -> Estimate? {
        let differences = learnt.compactMap { outcome -> Double? in
            guard let earlier = first.learnt.first(where: { $0.task == outcome.task })?.finalLoss else { return nil }
            return outcome.finalLoss.map { $0 - earlier }
        }
        return differences.isEmpty ? nil : Estimate(mean: differences)
    }

    /// The step at which a task's loss has first fallen below half of its targets' variance, between the curve's steps
    /// by a straight line; nil where that is never.
    public func halfLossStep(_ outcome: ProbeOutcome) -> Double? {
        let level = variances[outcome.task] / 2
        guard let index = outcome.curve.firstIndex(where: { $0 <= level }) else { return nil }
        guard index > 0 else { return Double(curveSteps[0]) }
        let (before, after) = (outcome.curve[index - 1], outcome.curve[index])
        let share = (before - level) / (before - after)
        return Double(curveSteps[index - 1]) + share * Double(curveSteps[index] - curveSteps[index - 1])
    }

    private func mean(_ value: (ProbeOutcome, Int) -> Double?) -> Estimate? {
        let values = learnt.compactMap { value($0, $0.task) }
        return values.isEmpty ? nil : Estimate(mean: values)
    }

    private func area(_ curve: [Double]) -> Double? {
        guard let last = curveSteps.last, last > 0, curve.count == curveSteps.count else { return curve.last }
        let sum = curve.indices.dropFirst().reduce(0.0) { sum, index in
            sum + 0.5 * (curve[index] + curve[index - 1]) * Double(curveSteps[index] - curveSteps[index - 1])
        }
        return sum / Double(last)
    }
}
