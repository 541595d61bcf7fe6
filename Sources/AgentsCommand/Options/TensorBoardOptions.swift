import ArgumentParser

/// Who reads along.
struct TensorBoardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Also write event files for TensorBoard into this folder: metrics, statistics, weights as histograms, the \
            configuration. Give each run a folder of its own, below the one that TensorBoard is started with.
            """, valueName: "dir"), completion: .directory)
    var tensorboard: String?
}
