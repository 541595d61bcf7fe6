public import ArgumentParser

/// How a long run ends early and goes on later: `--time-limit`, `--state-period`, `--fresh`.
public struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "End after this time, such as 90s, 30m or 2h, with the best found so far, marked as partial. With --output "
                + "the same command goes on from there.", valueName: "time"))
    public var timeLimit: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "How often to save where the run stands, so that after a crash or an interrupt the same command goes on to "
                + "the same result; under --output only. (default: 60s, or less often: at most 2 % of the time)",
            valueName: "time"))
    public var statePeriod: TimeSpan?

    @Flag(help: "Begin anew, whatever an earlier run has saved under --output.")
    public var fresh = false

    public init() {}

    public func validate() throws {
        if let timeLimit, timeLimit.seconds <= 0 { throw ValidationError("--time-limit must be more than no time.") }
    }
}
