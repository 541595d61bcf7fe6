import Agents
import ArgumentParser
import Plasticity

/// What is logged of the network along training.
struct StatisticsOptions: ParsableArguments {
    private static let cheap = Statistic.Group.allCases.filter(\.isCheap).map(\.rawValue).joined(separator: ",")

    @Option(
        help: ArgumentHelp(
            "Updates between two files statistics/step_N.json; 0 for none. (default: the checkpoints' period)",
            valueName: "n"))
    var statisticsPeriod: Int?

    @Option(
        help: ArgumentHelp(
            "Which, with commas between: \(Statistic.Group.allCases.map(\.rawValue).joined(separator: ", ")); cheap "
                + "for \(cheap); all. 'landscape statistics --list' tells what they are.", valueName: "groups"))
    var statistics = "cheap"

    @Option(help: ArgumentHelp("Replayed transitions that they are taken over, at most.", valueName: "n"))
    var statisticsExamples = ScheduleConfiguration().checkpointTransitions

    func validate() throws {
        if let statisticsPeriod, statisticsPeriod < 0 {
            throw ValidationError("--statistics-period cannot be negative.")
        }
        if statisticsExamples < 1 { throw ValidationError("--statistics-examples must be at least 1.") }
        _ = try groups
    }

    func apply(to configuration: inout RunConfiguration) throws {
        let period = statisticsPeriod ?? configuration.schedule.checkpointPeriodSteps
        guard period > 0 else {
            configuration.statistics = nil
            return
        }
        configuration.statistics = StatisticsSchedule(
            periodSteps: period, examples: statisticsExamples, measured: StatisticsConfiguration(groups: try groups))
    }

    private var groups: Set<Statistic.Group> {
        get throws {
            guard let groups = Set<Statistic.Group>(named: statistics) else {
                throw ValidationError(
                    "--statistics is '\(statistics)'; give some of "
                        + "\(Statistic.Group.allCases.map(\.rawValue).joined(separator: ", ")), cheap or all.")
            }
            return groups
        }
    }
}
