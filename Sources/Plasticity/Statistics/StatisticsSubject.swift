public import LinearAlgebra
public import Networks

/// What statistics are of: a network at a point of its parameters, examples, and what these are compared with.
public struct StatisticsSubject<Element: Scalar>: Sendable {
    public var network: Network<Element>
    public var parameters: Parameters<Element>
    /// `[N, inputs]`.
    public var inputs: Matrix<Element>
    /// Of N examples; nil leaves out what needs one.
    public var loss: (any Loss<Element>)?
    /// Where outputs are categorical: what they are on.
    public var support: Support?
    /// θ₀; nil leaves out what is measured from there.
    public var reference: Parameters<Element>?
    /// θ before the last training step; nil where that is not known.
    public var previous: Parameters<Element>?
    public var mode = PassMode.analysis
    public var workers = Workers.one
    /// Whether to end here, asked between products of what is dear; the measurement then throws.
    public var isOver: @Sendable () -> Bool = { false }

    public init(network: Network<Element>, parameters: Parameters<Element>, inputs: Matrix<Element>) {
        precondition(inputs.rows > 0, "statistics on no examples")
        self.network = network
        self.parameters = parameters
        self.inputs = inputs
    }
}
