/// Why a Krylov method has no result to give.
public enum KrylovFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The operator's product, number `product` (from 1), has a NaN or an infinity in it.
    case productIsNotFinite(product: Int)
    /// The start vector is zero or not finite.
    case unusableStart(norm: Double)

    public var description: String {
        switch self {
        case .productIsNotFinite(let product): "product \(product) with the operator is not finite"
        case .unusableStart(let norm): "the start vector has norm \(norm)"
        }
    }
}
