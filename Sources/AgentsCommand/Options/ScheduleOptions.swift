import Agents
import ArgumentParser

/// How long the run is, and what it writes when.
struct ScheduleOptions: ParsableArguments {
    private static let standard = ScheduleConfiguration()

    @Option(help: "Updates of the whole run.")
    var steps = standard.steps

    @Option(
        help:
            "Updates between two checkpoints; there is one before the first and one after the last, too. (default: a tenth of --steps)"
    )
    var checkpointPeriod: Int?

    @Option(help: "Updates between two lines of metrics.csv. (default: a hundredth of --steps)")
    var logPeriod: Int?

    @Option(help: "Updates between two savings of what resuming needs. (default: the checkpoints' period)")
    var statePeriod: Int?

    @Option(help: "Replayed transitions written beside each checkpoint, at most.")
    var checkpointTransitions = standard.checkpointTransitions

    func apply(to configuration: inout ScheduleConfiguration) {
        configuration.steps = steps
        configuration.checkpointPeriodSteps = checkpointPeriod ?? max(1, steps / 10)
        configuration.logPeriodSteps = logPeriod ?? max(1, steps / 100)
        configuration.statePeriodSteps = statePeriod ?? configuration.checkpointPeriodSteps
        configuration.checkpointTransitions = checkpointTransitions
    }
}
