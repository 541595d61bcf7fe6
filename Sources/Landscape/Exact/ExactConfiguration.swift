/// How an exact spectrum is to be had, and what it may cost.
public struct ExactConfiguration: Sendable, Equatable {
    /// Which matrix.
    public var target: OperatorConfiguration
    /// Nil for the cheaper of the two that the budget allows; a method asked for by name may take as long as it takes.
    public var method: ExactMethod?
    /// Also eigenvectors, which the dense method alone has.
    public var wantsVectors: Bool
    public var arithmetic: ExactArithmetic
    /// Bytes, at most; what takes more is refused.
    public var maximumBytes: Int
    /// Operations, at most, unless the method is asked for by name: a few minutes on two cores.
    public var maximumOperations: Double

    public init(_ target: OperatorConfiguration = OperatorConfiguration(), method: ExactMethod? = nil) {
        self.target = target
        self.method = method
        wantsVectors = false
        arithmetic = .double
        maximumBytes = 2 << 30
        maximumOperations = 2e13
    }
}

/// The two ways to all eigenvalues of a matrix.
public enum ExactMethod: String, Sendable, Codable, CaseIterable {
    /// The matrix itself, formed by products with unit vectors.
    case dense
    /// The Gram matrix of the vectors whose outer products add up to it: it has the same eigenvalues but for zeros.
    case gram
}

/// The precision in which the matrix is formed; its eigenvalues are always computed in double.
public enum ExactArithmetic: String, Sendable, Codable, CaseIterable {
    /// Double precision whatever the network's own is: the network of the same numbers, without single precision's
    /// rounding.
    case double
    /// The network's own: the matrix that products in that precision see.
    case network
}
