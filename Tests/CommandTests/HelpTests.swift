import Foundation
import Testing

/// What `--help` says, word for word: a change of the commands' face must be meant.
@Suite struct HelpTests {
    @Test func agents() throws { #expect(try Binary.agents.run("--help").output == Self.agentsHelp) }
    @Test func resume() throws { #expect(try Binary.agents.run("resume", "--help").output == Self.resumeHelp) }
    @Test func show() throws { #expect(try Binary.agents.run("show", "--help").output == Self.showHelp) }

    /// Every option of `train` and its default; the words around them may change.
    @Test func train() throws {
        let text = try Binary.agents.run("train", "--help").output
        let words = text.split { $0.isWhitespace }.joined(separator: " ")
        for (option, fallback) in Self.trainOptions {
            // As the list of options names it, not as the example uses it.
            let start = try #require(words.range(of: "\(option) <"), "\(option) is missing")
            let rest = words[start.upperBound...].prefix(260)
            #expect(rest.contains("default: \(fallback)"), "\(option)")
        }
    }

    private static let agentsHelp = """
        OVERVIEW: Train reinforcement-learning agents whose loss landscapes can be
        looked at.

        A run lives in one folder: its configuration, its metrics, its checkpoints and
        all that resuming needs. A run that was stopped, or killed, goes on with
        `agents resume` and ends in the same bytes as one that was not. What
        `landscape` analyses are the files in its folder `checkpoints`.

        USAGE: agents <subcommand>

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          train                   Train a DQN agent on an image-classification MDP, in
                                  a new run folder.
          resume                  Go on with a run that was interrupted, or killed,
                                  from what it saved last.
          show                    Say how far a run is: its task, its checkpoints, its
                                  last metrics.
          interventions           List the interventions that agents train knows, with
                                  their constants.
          sweep                   Train many agents: every combination of a YAML file's
                                  settings.
          status                  Say how far a sweep is: its runs, and what has failed.
          export                  Print a sweep's results as CSV or JSON, for other
                                  programs.
          study                   Make a figure of the paper anew, with a report;
                                  without a name, list the studies.

          See 'agents help <subcommand>' for detailed help.

        """

    private static let resumeHelp = """
        OVERVIEW: Go on with a run that was interrupted, or killed, from what it saved
        last.

        It ends in the same bytes as a run that was never interrupted, with any number
        of threads.

        USAGE: agents resume <run> [--data-dir <dir>] [--threads <threads>] [--json] [--quiet] [--log-level <log-level>]

        ARGUMENTS:
          <run>                   The run's folder.

        OPTIONS:
          --data-dir <dir>        Where the files of mnist or cifar10 lie.
          --threads <threads>     How many threads to use; the result is the same for
                                  any number. (default: the machine's cores)
          --json                  Print the run's summary as one JSON document instead
                                  of a table.
          -q, --quiet             Show no progress.
          --log-level <log-level> The least important messages to show. (values: trace,
                                  debug, info, notice, warning, error, critical;
                                  default: notice)
          --version               Show the version.
          -h, --help              Show help information.


        """

    private static let showHelp = """
        OVERVIEW: Say how far a run is: its task, its checkpoints, its last metrics.

        USAGE: agents show <run> [--json] [--quiet] [--log-level <log-level>]

        ARGUMENTS:
          <run>                   The run's folder.

        OPTIONS:
          --json                  Print one JSON document instead of a table.
          -q, --quiet             Show no progress.
          --log-level <log-level> The least important messages to show. (values: trace,
                                  debug, info, notice, warning, error, critical;
                                  default: notice)
          --version               Show the version.
          -h, --help              Show help information.


        """

    private static let trainOptions = [
        ("--environment", "true-label"), ("--data", "digits"), ("--images", "all"), ("--image-seed", "0"),
        ("--evaluation", "4096"), ("--hidden", "512,512"), ("--discount", "0.99"), ("--batch", "512"),
        ("--exploration", "0.1"), ("--target-period", "1000"), ("--replay", "100000"), ("--warm-up", "5000"),
        ("--actions-per-update", "1"), ("--optimizer", "adam"), ("--learning-rate", "0.001 for adam"),
        ("--beta1", "0.9"), ("--beta2", "0.999 for adam"), ("--epsilon", "1e-08 for adam"),
        ("--epsilon-in-root", "0.0"), ("--weight-decay", "0.0"), ("--steps", "100000"),
        ("--checkpoint-period", "a tenth"), ("--log-period", "a hundredth"),
        ("--state-period", "the checkpoints' period"),
        ("--checkpoint-transitions", "2048"), ("--seed", "0"), ("--threads", "the machine's cores"),
        ("--log-level", "notice"),
    ]
}
