/// Degrees of freedom of a variance that is itself the mean of samples.
enum Satterthwaite {
    /// ν = 2 / Var(V̂)·V̂², as of a χ²ᵥ/ν, held within M − 1 and 2M.
    ///
    /// The upper end is ours: from few samples of a skewed quantity the spread is often seen too small, and so ν too
    /// large.
    ///
    /// Source: Satterthwaite, Biometrics Bulletin 2 (1946).
    static func degreesOfFreedom(ofMean samples: [Double]) -> Double {
        let count = Double(samples.count)
        let mean = samples.reduce(0, +) / count
        let variance = Estimate.variance(samples) / count
        let found = variance > 0 ? 2 * mean * mean / variance : .infinity
        return min(max(found, max(1, count - 1)), 2 * count)
    }
}
