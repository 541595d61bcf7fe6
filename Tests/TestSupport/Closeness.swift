public import LinearAlgebra

/// ‖a − b‖ / ‖b‖ in the 2-norm, in double precision; ‖a‖ where b is zero.
public func relativeError(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    let size = b.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return size == 0 ? difference : difference / size
}

public func relativeError<A: Scalar, B: Scalar>(_ a: Vector<A>, _ b: Vector<B>) -> Double {
    relativeError(a.doubles, b.doubles)
}

extension Scalar {
    /// What `golden.md` asks of an agreement with a reference case: 1e-10 in double precision, 1e-4 in single.
    public static var referenceTolerance: Double { Self.self == Double.self ? 1e-10 : 1e-4 }
}
