import Agents
import ArgumentParser
import Files

/// What is done to the network while it trains.
struct InterventionOptions: ParsableArguments {
    @Option(
        name: .customLong("intervention"), parsing: .singleValue,
        help: ArgumentHelp(
            "An intervention and its constants, such as shrink-and-perturb:lambda=0.8,sigma=0.2; several, one --intervention "
                + "each, work in their order. agents interventions tells them all.",
            valueName: "name:constant=value,…"))
    var texts: [String] = []

    /// Applies them to a configuration that is otherwise complete.
    ///
    /// - Throws: as `RunConfiguration.intervene`.
    func apply(to configuration: inout RunConfiguration) throws(Fault) {
        var settings: [InterventionSetting] = []
        for text in texts { settings.append(try InterventionSetting(parsing: text)) }
        try configuration.intervene(with: settings)
    }
}
