import Krylov

/// An end of the spectrum, with how far it may be off.
public struct ScalarEigenvalue: Sendable, Equatable, Encodable {
    public let value: Double
    /// ‖A v − θ v‖ / ‖v‖ from the operator itself; of a formed matrix its rounding.
    public let residual: Double
    /// How far `value` may be from its eigenvalue; see `Eigenpair.errorBound`.
    public let error: Double
    public let converged: Bool

    public var interval: ClosedRange<Double> { value - error...value + error }

    /// Of a formed matrix.
    init(exactly value: Double, rounding: Double) {
        self.value = value
        residual = rounding
        error = rounding
        converged = true
    }

    /// - Parameter shift: what the operator had been shifted by.
    init<Element>(_ pair: Eigenpair<Element>, shiftedBy shift: Double = 0) {
        value = pair.value - shift
        residual = pair.residual
        error = pair.errorBound
        converged = pair.converged
    }

    var end: ConditionNumber.End { ConditionNumber.End(value: value, residual: error) }
}
