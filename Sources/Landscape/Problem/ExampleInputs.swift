public import Checkpoints
public import Files
public import LinearAlgebra
import Networks

/// The inputs of chosen examples alone, for analyses that bring targets of their own.
public struct ExampleInputs<Element: Scalar>: Sendable {
    /// X, `[N, inputs]`.
    public let matrix: Matrix<Element>
    /// Where the examples come from.
    public let data: String
    /// What a reader of the result should know.
    public let warnings: [String]

    /// The inputs that `data`, or else the checkpoint, names; of more than are wanted some are drawn, without
    /// replacement.
    ///
    /// - Parameters:
    ///   - checkpoint: whose input shape they must have.
    ///   - data: a data file, a folder of image files, or a built-in name; nil for what the checkpoint says.
    ///   - examples: how many at most; nil for all, up to `most`.
    ///   - seed: of the choice.
    /// - Throws: `Fault` of kind `usage` where nothing says which data, of kind `data` where they do not fit.
    public init(
        for checkpoint: Checkpoint, data: String?, examples: Int?, atMost most: Int, seed: UInt64
    ) throws(Fault) {
        let source = try ExampleSource.find(data, for: checkpoint, seed: seed)
        var configuration = ProblemConfiguration(checkpoint: checkpoint.path, data: data, seed: seed)
        configuration.examples = examples ?? min(source.count, most)
        let choice = try Problem<Element>.choose(configuration, from: source)
        matrix = try ExampleSource.rows(
            choice.rows, of: source.inputs, width: checkpoint.architecture.input.reduce(1, *))
        self.data = source.name
        warnings = choice.warnings
    }
}
