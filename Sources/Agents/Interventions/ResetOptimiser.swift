import Files
import Training

/// `reset-optimiser`: all moments become zero, and bias corrections begin again; parameters stay.
struct ResetOptimiser: Intervention {
    static let name = "reset-optimiser"
    static let summary = "let the optimiser forget its moments and its step count at each target update"
    static let source = "Asadi, Fakoor and Sabach 2023; Lyle et al. 2023, figure 6"
    static let constants = [Occasion.constant]

    private let occasion: Occasion

    init(_ constants: InterventionConstants) throws(Fault) { occasion = Occasion(constants) }

    func change(_ configuration: inout RunConfiguration) throws(Fault) {
        try occasion.check(configuration, for: Self.place)
    }

    func act(_ moment: InterventionMoment) {
        if occasion.isNow(moment) { moment.agent.optimiser.restart() }
    }
}
