/// Why there is no density to give.
public enum DensityFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The vectors to be deflated have inner products that differ from those of orthonormal ones by more than √eps.
    case deflationNotOrthonormal(loss: Double, bound: Double)
    /// A probe's Chebyshev vector has grown: there are eigenvalues outside the interval.
    case intervalTooSmall(lower: Double, upper: Double, squaredNorm: Double, degree: Int)
    /// The run was ended before any product was finished.
    case endedBeforeFirstProduct
    /// The snapshot to go on from was not made by this run.
    case foreignSnapshot(String)

    public var description: String {
        switch self {
        case .deflationNotOrthonormal(let loss, let bound):
            "the vectors to be deflated are orthonormal to \(loss), where \(bound) is needed"
        case .intervalTooSmall(let lower, let upper, let square, let degree):
            "there are eigenvalues outside [\(lower), \(upper)]: ‖T(A)v‖² of degree \(degree) is \(square), not at most 1"
        case .endedBeforeFirstProduct: "the run was ended before its first product"
        case .foreignSnapshot(let what): "the snapshot is of another run: \(what)"
        }
    }
}
