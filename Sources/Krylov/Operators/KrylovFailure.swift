/// Why a Krylov method has no result to give.
public enum KrylovFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The operator's product, number `product` (from 1), has a NaN or an infinity in it.
    case productIsNotFinite(product: Int)
    /// The start vector is zero or not finite.
    case unusableStart(norm: Double)
    /// What an earlier run left behind cannot be taken up by this one; `reason` says what differs.
    case snapshotDoesNotFit(reason: String)

    public var description: String {
        switch self {
        case .productIsNotFinite(let product): "product \(product) with the operator is not finite"
        case .unusableStart(let norm): "the start vector has norm \(norm)"
        case .snapshotDoesNotFit(let reason): "the snapshot does not fit this run: \(reason)"
        }
    }
}
