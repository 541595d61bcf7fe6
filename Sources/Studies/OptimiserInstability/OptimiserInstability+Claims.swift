import Krylov

/// What figure 1 says, as sentences that numbers decide: intervals over the seeds, not single runs.
extension OptimiserInstability {
    /// A loss of accuracy that nobody would call noise.
    static let leastLoss = 0.2
    /// What a network that keeps learning may lose.
    static let mostLoss = 0.05
    /// What a network that keeps learning memorises, at least.
    static let leastAccuracy = 0.8
    /// "Most units".
    static let mostUnits = 0.5
    /// What a network that keeps its units may lose.
    static let fewUnits = 0.2

    func claims(_ outcome: Outcome) -> [StudyClaim] {
        guard let standard = outcome.groups.first(where: { $0.variant == .standard })?.runs,
            let tuned = outcome.groups.first(where: { $0.variant == .tuned })?.runs
        else { return [] }
        return [
            Self.above(
                standard.map { $0.firstAccuracy - $0.lastAccuracy }, Self.leastLoss,
                "the default Adam loses accuracy from the first to the last tasks", "loss"),
            Self.above(
                standard.compactMap(\.deadFraction), Self.mostUnits, "the default Adam loses most of its units",
                "dead units"),
            Self.below(
                tuned.map { $0.bestAccuracy - $0.lastAccuracy }, Self.mostLoss,
                "the tuned Adam loses no accuracy: it learns the last tasks as well as its best", "loss of accuracy"),
            Self.above(
                tuned.map(\.lastAccuracy), Self.leastAccuracy, "the tuned Adam memorises the last tasks", "accuracy"),
            Self.below(tuned.compactMap(\.deadFraction), Self.fewUnits, "the tuned Adam keeps its units", "dead units"),
            Self.above(
                zip(tuned, standard).map { $0.lastAccuracy - $1.lastAccuracy }, Self.leastLoss,
                "on the last tasks the tuned Adam is the better one, seed by seed", "difference of accuracy"),
        ]
    }

    /// Holds where the whole interval is above `bound`; a single seed has none, and bears nothing out.
    private static func above(
        _ values: [Double], _ bound: Double, _ statement: String, _ quantity: String
    ) -> StudyClaim {
        claim(values, statement, quantity, "to lie above \(StudyText.number(bound))") { $0.lowerBound > bound }
    }

    private static func below(
        _ values: [Double], _ bound: Double, _ statement: String, _ quantity: String
    ) -> StudyClaim {
        claim(values, statement, quantity, "to lie below \(StudyText.number(bound))") { $0.upperBound < bound }
    }

    private static func claim(
        _ values: [Double], _ statement: String, _ quantity: String, _ demand: String,
        holds: (ClosedRange<Double>) -> Bool
    ) -> StudyClaim {
        guard !values.isEmpty else {
            return StudyClaim(statement, holds: false, evidence: "\(quantity) of no run is known, \(demand)")
        }
        let estimate = Estimate(mean: values)
        let interval = estimate.interval()
        return StudyClaim(
            statement, holds: interval.map(holds) ?? false,
            evidence: "\(quantity) \(StudyText.number(estimate.value)), 95 % interval over \(values.count) seeds "
                + "\(StudyText.interval(interval)), \(demand)")
    }
}
