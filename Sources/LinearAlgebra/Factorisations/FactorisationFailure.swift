/// A LAPACK routine that did not do what it was asked; its `info` is never thrown away.
public struct FactorisationFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The routine, such as `dsteqr`.
    public let routine: String
    /// Its return value: negative for a wrong argument, positive for a failure to converge.
    public let info: Int

    public var description: String {
        info < 0
            ? "\(routine) refused its argument \(-info)"
            : "\(routine) did not converge (info = \(info))"
    }
}
