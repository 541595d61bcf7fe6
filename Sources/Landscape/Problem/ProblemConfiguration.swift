public import LinearAlgebra
public import Networks

/// θ′ of the temporal-difference loss.
public enum TargetNetwork: String, CaseIterable, Sendable {
    /// The one that the checkpoint names.
    case recorded
    /// θ itself, held constant: as an agent's is just after a target update.
    case own
}

/// Which loss, on which examples, at which point: what a command line asks to have analysed.
public struct ProblemConfiguration: Sendable {
    /// The checkpoint's file.
    public var checkpoint: String
    /// A JSON file with the architecture, where the checkpoint does not carry it.
    public var architecture: String?
    /// A data file, a folder of image files, or a built-in name; nil for what the checkpoint says.
    public var data: String?
    /// Nil for the loss that the checkpoint was trained with.
    public var loss: LossKind?
    /// How many examples at most; they are drawn without replacement. Nil for `defaultExamples`.
    public var examples: Int?
    /// δ of the Huber loss; nil for what the checkpoint says, or 1.
    public var huberThreshold: Double?
    /// Whose values the temporal-difference loss learns from.
    public var target = TargetNetwork.recorded
    /// The ends of the support of categorical outputs; nil for what the checkpoint says.
    public var supportEnds: (low: Double, high: Double)?
    /// How many atoms the support has; nil for what the checkpoint says, or 101.
    public var atoms: Int?
    /// Seeds everything drawn at random.
    public var seed: UInt64
    public var workers: Workers
    /// Whose statistics batch normalisation takes.
    public var mode: PassMode
    /// Bytes that an analysis may take; nil for no limit.
    public var memoryLimit: Int?

    /// Enough for a smooth density, few enough for a product in milliseconds.
    public static let defaultExamples = 1024

    public init(
        checkpoint: String, data: String? = nil, loss: LossKind? = nil, examples: Int? = nil, seed: UInt64 = 0,
        workers: Workers = .one
    ) {
        self.checkpoint = checkpoint
        self.data = data
        self.loss = loss
        self.examples = examples
        self.seed = seed
        self.workers = workers
        mode = .analysis
    }
}
