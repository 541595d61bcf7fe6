#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Two independent estimates of one density, and whether they differ by more than their errors allow.
///
/// A Lanczos quadrature of m steps is exact to degree 2m − 1, so its Chebyshev moments below 2m are those that the
/// kernel polynomial method would have measured of the same probes. Of either method the first N' = min(N, 2m) are
/// therefore smoothed by *one* kernel: what is left between the two cumulative functions is the probes' randomness
/// and rounding, and no allowance for resolution is needed, which would hide real differences.
///
/// At the N' points tₖ that determine such a function: Δₖ = F_Lanczos − F_Chebyshev, its standard error
/// `sₖ² = s²_L + s²_C + ρ²`, with ρ = 10 N' eps max(1, ‖A‖/d) (P − k)/P for rounding (either method's numbers are those
/// of a matrix that differs by a few eps ‖A‖, and F's slope in ϑ is at most about N'). The two agree where
///
/// * max |Δₖ|/sₖ ≤ `scoreLimit`, Student's t for α/2 shared among N' two-sided tests (Bonferroni), and
/// * ∫ |Δ| dt ≤ `integratedLimit` = t for α/2 times ∫ s dt: as were all Δₖ to stray together.
///
/// Degrees of freedom are the smaller number of probes less one, which is cautious. So right estimates disagree with
/// probability α at most, as far as the probes' means are normal. With two or three probes a side the limits are so
/// wide that the comparison can hardly fail; from eight on it has teeth.
public struct DensityComparison: Sendable, Equatable, Codable {
    /// N', the moments that both have.
    public let moments: Int
    /// max |Δ| and ∫ |Δ| dt of the cumulative functions smoothed by the same kernel.
    public let maximumDifference: Double
    public let integratedDifference: Double
    /// What ∫ |Δ| dt may be.
    public let integratedLimit: Double
    /// max |Δₖ|/sₖ, where, and what it may be.
    public let largestScore: Double
    public let largestScoreAt: Double
    public let scoreLimit: Double
    /// ∫ |Δ| dt of the two as they are, the quadrature's steps against the kernel's slope: it has the kernel's width in
    /// it, and is not judged.
    public let unsmoothedDifference: Double
    /// The kernel's width in the middle of the interval, below which neither is compared.
    public let kernelWidth: Double
    /// tr A by either.
    public let lanczosTrace: Estimate
    public let chebyshevTrace: Estimate
    /// α, the probability of a false alarm.
    public let significance: Double

    /// Whether both limits are kept.
    public var agree: Bool { largestScore <= scoreLimit && integratedDifference <= integratedLimit }

    /// - Parameters:
    ///   - lanczos, chebyshev: of one operator with the same eigenvalues taken out, from independent probes, at least two
    ///     each.
    public init(_ lanczos: SpectralDensity, _ chebyshev: ChebyshevDensity, significance: Double = 1e-3) {
        precondition(
            lanczos.dimension == chebyshev.dimension
                && lanczos.outliers.map(\.value) == chebyshev.outliers.map(\.value),
            "densities of orders \(lanczos.dimension) and \(chebyshev.dimension), or with other eigenvalues taken out")
        precondition(lanczos.probes.count > 1 && chebyshev.moments.count > 1, "no spread without two probes each")
        let count = min(chebyshev.order, 2 * lanczos.probes.map(\.nodes.count).min()!)
        let (middle, half) = (chebyshev.middle, chebyshev.half)
        let share = lanczos.measure.bulkShare
        let largest = max(abs(lanczos.range.lowerBound), abs(lanczos.range.upperBound))
        let rounding = 10 * Double(count) * max(lanczos.epsilon, chebyshev.epsilon) * max(1, largest / half) * share
        let first = lanczos.probes.map {
            JacksonKernel.cumulative(
                of: $0.chebyshevMoments(count, middle: middle, half: half), points: count)
        }
        let second = chebyshev.moments.map { JacksonKernel.cumulative(of: Array($0.prefix(count)), points: count) }
        let freedom = Double(min(first.count, second.count) - 1)
        var difference: [Double] = []
        var errors: [Double] = []
        for point in 0..<count {
            let one = Estimate(mean: first.map { share * $0[point] })
            let other = Estimate(mean: second.map { share * $0[point] })
            difference.append(one.value - other.value)
            let (a, b) = (one.standardError!, other.standardError!)
            errors.append((a * a + b * b + rounding * rounding).squareRoot())
        }
        let points = (0..<count).reversed().map { middle + half * cos(Double.pi * (Double($0) + 0.5) / Double(count)) }
        // The midpoint rule in ϑ, dt = d sin ϑ dϑ.
        func integral(_ values: [Double]) -> Double {
            let step = Double.pi / Double(count)
            return values.indices.reduce(0) { sum, index in
                sum + abs(values[index]) * half * sin((Double(count - 1 - index) + 0.5) * step) * step
            }
        }
        let scores = zip(difference, errors).map { abs($0) / $1 }
        let worst = scores.indices.max { scores[$0] < scores[$1] }!
        moments = count
        maximumDifference = difference.map(abs).max()!
        integratedDifference = integral(difference)
        integratedLimit =
            StudentT.quantile(1 - significance / 4, degreesOfFreedom: freedom) * integral(errors)
        largestScore = scores[worst]
        largestScoreAt = points[worst]
        scoreLimit = StudentT.quantile(1 - significance / (4 * Double(count)), degreesOfFreedom: freedom)
        unsmoothedDifference = Self.unsmoothed(lanczos, chebyshev, points: 4 * count)
        kernelWidth = chebyshev.resolution(at: middle)
        lanczosTrace = lanczos.trace
        chebyshevTrace = chebyshev.trace
        self.significance = significance
    }

    private static func unsmoothed(_ lanczos: SpectralDensity, _ chebyshev: ChebyshevDensity, points: Int) -> Double {
        let half = chebyshev.half
        let step = Double.pi / Double(points)
        let kernel = chebyshev.moments.map { JacksonKernel.cumulative(of: $0, points: points) }
        let nodes = zip(lanczos.probes.flatMap(\.nodes), lanczos.probes.flatMap(\.weights)).sorted { $0.0 < $1.0 }
        var (next, sum, total) = (0, 0.0, 0.0)
        for index in 0..<points {
            let angle = (Double(points - 1 - index) + 0.5) * step
            let t = chebyshev.middle + half * cos(angle)
            while next < nodes.count, nodes[next].0 <= t {
                sum += nodes[next].1
                next += 1
            }
            let other = kernel.reduce(0) { $0 + $1[index] } / Double(kernel.count)
            total += abs(sum / Double(lanczos.probes.count) - other) * half * sin(angle) * step
        }
        return lanczos.measure.bulkShare * total
    }
}
