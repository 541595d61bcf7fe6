/// What a network made of one task.
public struct ProbeOutcome: Sendable, Equatable, Codable {
    /// Why a task has no result, and is left out of every mean.
    public struct Failure: Sendable, Equatable, Codable {
        /// The optimiser step of the task at which it happened.
        public var step: Int
        public var message: String

        public init(step: Int, message: String) {
            self.step = step
            self.message = message
        }
    }

    /// Its number, from 0.
    public var task: Int
    /// The mean squared error over X and values, in double precision, after each of `ProbeConfiguration.curveSteps`;
    /// fewer where the task failed.
    public var curve: [Double]
    /// The loss of each step's batch before the step; for two-hot regression the cross-entropy.
    public var batchLosses: [Double]
    /// Nil for a task that was learnt to the end of its budget.
    public var failure: Failure?

    public init(task: Int, curve: [Double], batchLosses: [Double], failure: Failure? = nil) {
        self.task = task
        self.curve = curve
        self.batchLosses = batchLosses
        self.failure = failure
    }

    /// ℓ(θ*): the loss over X when the budget is spent.
    public var finalLoss: Double? { failure == nil ? curve.last : nil }
}
