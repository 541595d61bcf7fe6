/// κ = |λ|_max / |λ|_min of A + σI from its extreme eigenvalues, as far as these decide it.
public enum ConditionNumber: Sendable, Equatable {
    /// Both ends are certainly positive.
    case finite(value: Double, interval: ClosedRange<Double>)
    /// The interval of the smallest eigenvalue holds 0: κ may be infinite, and is at least this.
    case unbounded(atLeast: Double)
    /// There are eigenvalues on both sides of 0. κ then depends on the one nearest to 0, inside the spectrum, which the
    /// ends do not know.
    case indefinite

    /// An eigenvalue and its residual: an eigenvalue lies within it.
    public struct End: Sendable, Equatable {
        public let value: Double
        public let residual: Double

        public init(value: Double, residual: Double) {
            self.value = value
            self.residual = residual
        }
    }

    /// From θ ± r at both ends: (θ₁ + σ)/(θₘᵢₙ + σ), from the ratio's smallest to its largest value.
    ///
    /// The lower end of the interval holds always, since Ritz values lie within the spectrum. The upper end holds where
    /// the ends found are the ends that there are, which no Krylov method can certify; for a positive semi-definite A,
    /// where λₘᵢₙ ≥ 0 is known, it is never above (λ₁ + σ)/σ.
    ///
    /// - Parameters:
    ///   - shift: σ.
    ///   - isSemidefinite: whether A is known to have no negative eigenvalue.
    public init(largest: End, smallest: End, shift: Double = 0, isSemidefinite: Bool = false) {
        let top = Self.interval(largest, shift)
        var bottom = Self.interval(smallest, shift)
        if isSemidefinite { bottom = max(bottom.lowerBound, shift)...max(bottom.upperBound, shift) }
        switch (bottom, top) {
        case _ where bottom.lowerBound > 0:
            let value = (largest.value + shift) / max(smallest.value + shift, bottom.lowerBound)
            let low = max(1, top.lowerBound / bottom.upperBound)
            self = .finite(value: max(1, value), interval: low...max(low, top.upperBound / bottom.lowerBound))
        case _ where top.upperBound < 0:
            self = ConditionNumber(
                largest: End(value: -(smallest.value + shift), residual: smallest.residual),
                smallest: End(value: -(largest.value + shift), residual: largest.residual))
        case _ where bottom.upperBound < 0 && top.lowerBound > 0:
            self = .indefinite
        default:
            // 0 lies in the interval of one end, whose modulus is at most that interval's; the other end is as large as
            // its interval says at least.
            let nearer = bottom.contains(0) ? bottom : top
            let farther = bottom.contains(0) ? top : bottom
            let small = max(abs(nearer.lowerBound), abs(nearer.upperBound))
            let large = farther.contains(0) ? 0 : min(abs(farther.lowerBound), abs(farther.upperBound))
            self = .unbounded(atLeast: small > 0 ? max(1, large / small) : .infinity)
        }
    }

    private static func interval(_ end: End, _ shift: Double) -> ClosedRange<Double> {
        end.value - end.residual + shift...end.value + end.residual + shift
    }
}
