import Krylov

/// What figure 2 says, as sentences that numbers decide: on the difference between agents and their twins.
extension BrownianMotion {
    func claims(_ outcome: Outcome) -> [StudyClaim] {
        [
            Self.claim(
                outcome.last(.largest), isAbove: true,
                "the Hessian's largest eigenvalue is larger after gradient descent than after random steps as long"),
            Self.claim(
                outcome.last(.outliers), isAbove: true,
                "gradient descent leaves more outliers in the Hessian's spectrum than random steps as long"),
            Self.claim(
                outcome.last(.interference), isAbove: false,
                "gradient descent brings negative interference that random steps as long do not"),
        ].compactMap { $0 }
    }

    /// Holds where the interval of the difference lies wholly on the side.
    private static func claim(_ contrast: TwinContrast?, isAbove: Bool, _ statement: String) -> StudyClaim? {
        guard let contrast else { return nil }
        let interval = contrast.difference.interval()
        let holds = interval.map { isAbove ? $0.lowerBound > 0 : $0.upperBound < 0 } ?? false
        let repeats = contrast.agents.count
        return StudyClaim(
            statement, holds: holds,
            evidence: "\(words(contrast.quantity)) after \(contrast.iteration) iterations: agent "
                + "\(StudyText.number(contrast.agent.value)), twins \(StudyText.number(contrast.twin.value)), difference "
                + "\(StudyText.number(contrast.difference.value)), 95 % interval over "
                + (repeats > 1 ? "\(repeats) agents " : "\(contrast.twins[0].count) twins ")
                + "\(StudyText.interval(interval)), to lie \(isAbove ? "above" : "below") 0")
    }

    /// A quantity as the report has it.
    static func words(_ quantity: String) -> String {
        switch Quantity(rawValue: quantity) {
        case .largest: "λ₁ of the Hessian"
        case .outliers: "eigenvalues above λ₁ at step 0"
        case .frobenius: "‖H‖_F"
        case .trace: "trace"
        case .meanOffDiagonal: "mean cosine off the diagonal"
        case .interference: "mean of min(cosine, 0)"
        case .negativeFraction: "share of negative cosines"
        case .effectiveRank: "effective rank of the cosines"
        case nil: quantity
        }
    }
}
