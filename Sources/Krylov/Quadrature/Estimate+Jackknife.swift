extension Estimate {
    /// A statistic of `count` independent samples, with the error that leaving out one sample at a time shows.
    ///
    /// `se² = (M − 1)/M Σ (θ₍ᵢ₎ − θ̄₍.₎)²`, with θ₍ᵢ₎ the statistic of all samples but the i-th. Of a mean this is s/√M
    /// exactly, with s² = Σ (xᵢ − x̄)²/(M − 1): there θ₍ᵢ₎ − θ̄₍.₎ = (x̄ − xᵢ)/(M − 1). So what is linear in the probes
    /// (traces, moments, F(t), a smoothed density) takes `init(mean:)`, the same number at less cost; this is for what
    /// is not.
    ///
    /// Source: Tukey (1958); Efron and Stein, Ann. Statist. 9 (1981): for smooth statistics too large in the mean, if
    /// anything.
    ///
    /// - Parameters:
    ///   - count: M, at least 1; for a single sample the error is unknown.
    ///   - statistic: of all samples for nil, otherwise of all but one.
    public init(jackknife count: Int, _ statistic: (_ without: Int?) -> Double) {
        precondition(count >= 1, "a statistic of \(count) samples")
        let value = statistic(nil)
        guard count > 1 else {
            self.init(value: value, standardError: nil)
            return
        }
        let samples = Double(count)
        let left = (0..<count).map { statistic($0) }
        let mean = left.reduce(0, +) / samples
        let squares = left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.init(
            value: value, standardError: ((samples - 1) / samples * squares).squareRoot(),
            degreesOfFreedom: samples - 1)
    }
}
