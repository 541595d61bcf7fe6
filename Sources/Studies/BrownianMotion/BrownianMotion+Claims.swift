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
                "on the agent's loss, gradient descent brings negative interference that random steps as long do not"),
            Self.ownTargets(outcome),
        ].compactMap { $0 }
    }

    /// The last claim where each network is its own target; found, not asserted.
    ///
    /// A twin has wandered off from what the agent's target network says, all of its TD errors on one side: then the
    /// cosines between δᵢ∇fᵢ are those between ∇fᵢ, which for one network point much the same way.
    private static func ownTargets(_ outcome: Outcome) -> StudyClaim? {
        claim(
            outcome.last(.ownInterference), isAbove: false,
            "it does so too where each network is its own target", isAsserted: false)
    }

    /// Why it matters whose target network TD errors are taken with; nil where that was not measured.
    func caution(ofTargets outcome: Outcome) -> String? {
        guard let errors = outcome.last(.negativeErrors), let own = outcome.last(.ownNegativeErrors) else { return nil }
        return
            "The interference of twins depends on whose target network their TD errors are taken with. With the agent's, "
            + "\(StudyText.percent(errors.twin.value)) of a twin's errors are negative (of the agent's "
            + "\(StudyText.percent(errors.agent.value))), with each network as its own "
            + "\(StudyText.percent(own.twin.value)); the gradients of errors of one sign hardly hinder each other, whatever "
            + "brought the network there."
    }

    /// Holds where the interval of the difference lies wholly on the side.
    private static func claim(
        _ contrast: TwinContrast?, isAbove: Bool, _ statement: String, isAsserted: Bool = true
    ) -> StudyClaim? {
        guard let contrast else { return nil }
        let interval = contrast.difference.interval()
        // Numbers that agree but for rounding differ by nothing.
        let scale = max(abs(contrast.agent.value), abs(contrast.twin.value))
        let isAny = abs(contrast.difference.value) > 1e-6 * scale
        let holds = isAny && (interval.map { isAbove ? $0.lowerBound > 0 : $0.upperBound < 0 } ?? false)
        let repeats = contrast.agents.count
        return StudyClaim(
            statement, holds: holds,
            evidence: "\(words(contrast.quantity)) after \(contrast.iteration) iterations: agent "
                + "\(StudyText.number(contrast.agent.value)), twins \(StudyText.number(contrast.twin.value)), difference "
                + "\(StudyText.number(contrast.difference.value)), 95 % interval over "
                + (repeats > 1 ? "\(repeats) agents " : "\(contrast.twins[0].count) twins ")
                + "\(StudyText.interval(interval)), to lie \(isAbove ? "above" : "below") 0",
            isAsserted: isAsserted)
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
        case .negativeErrors: "share of negative TD errors"
        case .ownInterference: "mean of min(cosine, 0), own targets"
        case .ownNegativeFraction: "share of negative cosines, own targets"
        case .ownNegativeErrors: "share of negative TD errors, own targets"
        case nil: quantity
        }
    }
}
