public import LinearAlgebra

/// Where a long run stands: all that it needs to go on to the same bytes, as numbers by name.
///
/// The run that made it knows the names; whoever keeps it needs to know none.
public struct Snapshot<Element: Scalar>: Sendable {
    /// Vectors and bases in the operator's precision; views of the run's own memory until they are written.
    public var matrices: [String: Matrix<Element>]
    /// Coefficients and counts (a `Double` holds every count exactly).
    public var numbers: [String: [Double]]

    public init(matrices: [String: Matrix<Element>] = [:], numbers: [String: [Double]] = [:]) {
        self.matrices = matrices
        self.numbers = numbers
    }
}
