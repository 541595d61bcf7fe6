public import LinearAlgebra
public import Networks

/// Where a network stands when it is given a new task.
public struct ProbeStart<Element: Scalar>: Sendable {
    /// θ; every task learns on a copy.
    public var parameters: Parameters<Element>
    /// The optimiser's moments and steps, to be carried over; nil for a fresh state.
    public var state: OptimiserState<Element>?

    public init(_ parameters: Parameters<Element>, state: OptimiserState<Element>? = nil) {
        self.parameters = parameters
        self.state = state
    }
}

/// An optimiser's state between two steps, as it is saved.
public struct OptimiserState<Element: Scalar>: Sendable, Equatable {
    /// t, the steps taken.
    public var step: Int
    /// The step after which it began afresh; 0 where it never did.
    public var restartStep: Int
    /// By the names of `Optimiser.moments`, `[parameters]` each.
    public var moments: [String: [Element]]

    public init(step: Int, restartStep: Int = 0, moments: [String: [Element]]) {
        self.step = step
        self.restartStep = restartStep
        self.moments = moments
    }
}
