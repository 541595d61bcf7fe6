import Checkpoints
public import LinearAlgebra
public import Networks

/// What a command found, with all that is needed to find it again: one JSON document.
///
/// The header's keys are the same for every command; the body's stand beside them.
public struct Report<Body: Encodable & Sendable>: Encodable, Sendable {
    public let header: ReportHeader
    public let body: Body

    public init(header: ReportHeader, body: Body) {
        self.header = header
        self.body = body
    }

    public func encode(to encoder: any Encoder) throws {
        try header.encode(to: encoder)
        try body.encode(to: encoder)
    }
}

/// The keys that all reports share.
public struct ReportHeader: Encodable, Sendable {
    /// The loss that the report is about.
    public struct LossSummary: Encodable, Sendable {
        public let kind: String
        /// The mean over the examples.
        public let value: Double
    }

    public let command: String
    public let version: String
    public let checkpoint: String
    /// P, how many.
    public let parameters: Int
    /// N, how many.
    public let examples: Int
    public let loss: LossSummary
    /// Where the examples come from.
    public let data: String
    public var seed: UInt64 = 0
    /// `single` or `double`: the network's arithmetic.
    public let precision: String
    /// Wall-clock time of the analysis.
    public var seconds = 0.0
    public var warnings: [String] = []
    /// True where a time limit ended the run early; absent elsewhere.
    public var partial: Bool?

    public init<Element: Scalar>(
        command: String, version: String, problem: Problem<Element>, lossValue: Double, seed: UInt64, seconds: Double,
        warnings: [String]
    ) {
        self.command = command
        self.version = version
        checkpoint = problem.path
        parameters = problem.network.layout.count
        examples = problem.examples
        loss = LossSummary(kind: problem.loss.kind.rawValue, value: lossValue)
        data = problem.data
        self.seed = seed
        precision = Element.precisionName
        self.seconds = seconds
        self.warnings = problem.warnings + warnings
    }

    /// For an analysis whose loss is no problem's.
    ///
    /// - Parameters:
    ///   - loss: what was minimised.
    ///   - examples: N and where they come from.
    public init<Element: Scalar>(
        command: String, version: String, checkpoint: String, network: Network<Element>,
        loss: (kind: LossKind, value: Double), examples: (count: Int, data: String)
    ) {
        self.command = command
        self.version = version
        self.checkpoint = checkpoint
        parameters = network.layout.count
        self.examples = examples.count
        self.loss = LossSummary(kind: loss.kind.rawValue, value: loss.value)
        data = examples.data
        precision = Element.precisionName
    }
}
