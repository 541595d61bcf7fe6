/// A number from several resampled data sets: how far they differ, and how much of that the probes explain.
///
/// One-way random effects. Data set b gives x_b = μ + δ_b + ε_b, with δ of the data (variance σ²_D) and ε of the probes
/// (variance se_b², known from their spread). With s² the variance between the x_b and s̄e² the mean of se_b²,
///
///     E s² = σ²_D + s̄e²,   so   σ²_D = max(0, s² − s̄e²).
///
/// That needs probes drawn anew for every data set (another seed): common probes stray together, s² then lacks their
/// part, and σ_D comes out too small.
///
/// Source: Searle, Casella and McCulloch, Variance Components (1992), section 3.5.
public struct ResampledEstimate: Sendable, Equatable, Codable {
    /// The mean over the data sets; its error, from s/√B, has both parts in it.
    public let mean: Estimate
    /// σ_D: how far one data set's true value lies from the mean of all.
    public let dataDeviation: Double
    /// √s̄e²: how far one data set's estimate lies from its true value; nil where there is a single probe.
    public let probeError: Double?
    /// √(σ²_D + s̄e²): how far one data set's *estimate* lies from the mean of all.
    public var totalDeviation: Double {
        (dataDeviation * dataDeviation + (probeError ?? 0) * (probeError ?? 0)).squareRoot()
    }

    /// - Parameters:
    ///   - estimates: one for each data set, at least two.
    ///   - dataScale: times which the data's spread is what is wanted, where data sets are parts of one.
    public init(_ estimates: [Estimate], dataScale: Double = 1) {
        precondition(estimates.count > 1, "the spread of \(estimates.count) data sets")
        let count = Double(estimates.count)
        mean = Estimate(mean: estimates.map(\.value))
        let between = mean.standardError! * mean.standardError! * count
        let errors = estimates.compactMap(\.standardError)
        let within = errors.reduce(0) { $0 + $1 * $1 } / count
        probeError = errors.count == estimates.count ? within.squareRoot() : nil
        dataDeviation = dataScale * max(0, between - (probeError == nil ? 0 : within)).squareRoot()
    }
}

/// Densities of one operator on several resampled data sets: error bars from the data beside those from the probes.
///
/// Each density must come from a seed of its own (see `ResampledEstimate`).
public struct DensityResamples: Sendable, Equatable, Codable {
    public let densities: [SpectralDensity]
    /// As of `ResampledEstimate`.
    public let dataScale: Double

    /// - Parameter densities: of the same order, at least two.
    public init(_ densities: [SpectralDensity], dataScale: Double = 1) {
        self.dataScale = dataScale
        precondition(densities.count > 1, "the spread of \(densities.count) densities")
        precondition(Set(densities.map(\.dimension)).count == 1, "densities of orders \(densities.map(\.dimension))")
        self.densities = densities
    }

    public var trace: ResampledEstimate { estimate(\.trace) }
    public var frobeniusNormSquared: ResampledEstimate { estimate(\.frobeniusNormSquared) }
    public func moment(_ power: Int) -> ResampledEstimate { estimate { $0.moment(power) } }
    public func cumulative(at t: Double) -> ResampledEstimate { estimate { $0.cumulativeEstimate(at: t) } }

    /// Any estimate that a density gives.
    public func estimate(_ of: (SpectralDensity) -> Estimate) -> ResampledEstimate {
        ResampledEstimate(densities.map(of), dataScale: dataScale)
    }

    /// φ_σ on one grid over all densities, at each point the mean over the data sets and both parts of its spread.
    ///
    /// - Parameter sigma: the largest of the densities' own by `rule`, so that all are smoothed alike.
    public func smoothed(_ rule: SigmaRule, points: Int = 1_000) -> ResampledSmoothedDensity {
        let sigma = densities.map { $0.sigma(rule) }.max()!
        let lower = densities.map(\.range.lowerBound).min()! - 8.5 * sigma
        let upper = densities.map(\.range.upperBound).max()! + 8.5 * sigma
        let curves = densities.map {
            $0.smoothed(.fixed(sigma), on: .between(lower: lower, upper: upper, points: points))
        }
        return ResampledSmoothedDensity(
            sigma: sigma, grid: curves[0].grid,
            estimates: (0..<points).map { index in
                ResampledEstimate(curves.map { $0.estimate(index) }, dataScale: dataScale)
            })
    }
}

/// A smoothed density with the spread between data sets at each grid point.
public struct ResampledSmoothedDensity: Sendable, Equatable, Codable {
    public let sigma: Double
    public let grid: [Double]
    /// At each grid point.
    public let estimates: [ResampledEstimate]
}
