import Files
public import Krylov
public import LinearAlgebra
import Networks

/// How much a density depends on which examples it was computed of: the same from several halves of them.
///
/// A half is drawn without replacement. Of a mean over N examples, such as the trace, the variance between means over
/// halves is (1 − ½) s²/(N/2) = s²/N: that of the mean over all N, seen as a sample of what more there is. So the deviation
/// between halves is the standard error of the whole without any scaling (delete-d jackknife with d = N/2). For what is
/// not linear in the examples it is so to first order.
///
/// Source: Shao and Wu 1989, "A general theory for jackknife variance estimation".
public struct HessianResamples: Sendable {
    /// Halves whose densities are done.
    public let count: Int
    /// In each half.
    public let examples: Int
    /// Of each half's density.
    public let probes: Int
    public let trace: ResampledEstimate
    public let frobeniusNormSquared: ResampledEstimate
    /// On one grid: the mean over the halves, and what of its spread is the data's and what the probes'.
    public let smoothed: ResampledSmoothedDensity
}

extension HessianAnalysis {
    /// Adds the spread between halves of the problem's examples, where the configuration wants any.
    ///
    /// - Throws: `Fault` of kind `usage` for fewer than four examples; what the stages throw.
    /// - Complexity: for each half a linearisation and a third of the probes, at half the price.
    public mutating func resample<Element: Scalar>(
        _ problem: Problem<Element>, _ configuration: HessianConfiguration,
        control: HessianControl<Element> = { _, _ in RunControl() },
        progress: @escaping @Sendable (HessianStage, Int) throws -> Void = { _, _ in }
    ) throws {
        guard configuration.resamples > 0, configuration.density.probes > 0 else { return }
        guard configuration.target.kind.actsOnParameters else {
            throw Fault(
                .usage,
                "\(configuration.target.kind.rawValue) is no mean over examples, of which a half would be an estimate",
                at: "--resamples", remedy: "Leave it out, or take another --operator")
        }
        guard problem.examples >= 4 else {
            throw Fault(
                .usage, "\(problem.examples) examples have no halves to resample", at: "--resamples",
                remedy: "Take more examples, or leave it out")
        }
        var densities: [SpectralDensity] = []
        for number in 0..<configuration.resamples {
            let half = HessianHalf(problem, number: number, configuration)
            do {
                let density = try half.density(control: try control(.resamples, number)) { [products] done in
                    try progress(.resamples, products + done)
                }
                products += density.products
                guard !density.isPartial else { break }
                densities.append(density)
            } catch DensityFailure.endedBeforeFirstProduct { break }
        }
        isPartial = isPartial || densities.count < configuration.resamples
        guard densities.count > 1 else {
            warnings.append("the spread that the data cause is not known: the time limit passed before two halves")
            return
        }
        // (1 − n/N) s²/n of halves of n, and s²/N is wanted: the same for even N.
        let half = Double(problem.examples / 2)
        let all = DensityResamples(
            densities, dataScale: (half / (Double(problem.examples) - half)).squareRoot())
        resamples = HessianResamples(
            count: densities.count, examples: problem.examples / 2, probes: configuration.probesPerResample,
            trace: all.trace, frobeniusNormSquared: all.frobeniusNormSquared,
            smoothed: all.smoothed(.fixed(Self.sigma(of: densities, configuration)), points: Self.resamplePoints))
    }

    private static var resamplePoints: Int { 2000 }

    /// The widest of the densities' own, and two steps of the grid at least.
    private static func sigma(of densities: [SpectralDensity], _ configuration: HessianConfiguration) -> Double {
        let lower = densities.map(\.range.lowerBound).min() ?? 0
        let upper = densities.map(\.range.upperBound).max() ?? 0
        return densities.reduce(2 * (upper - lower) / Double(resamplePoints)) {
            max($0, $1.sigma(configuration.density.sigma))
        }
    }
}

/// One half of a problem's examples.
private struct HessianHalf<Element: Scalar> {
    let problem: Problem<Element>
    let configuration: HessianConfiguration
    /// Of the probes: drawn anew for every half, since common ones would stray together.
    let seed: UInt64

    init(_ whole: Problem<Element>, number: Int, _ configuration: HessianConfiguration) {
        var source = RandomSource(seed: configuration.seed, stream: "resample \(number)")
        let rows = source.permutation(whole.examples)[..<(whole.examples / 2)].sorted()
        problem = whole.selecting(rows)
        seed = source.next()
        self.configuration = configuration
    }

    func density(
        control: RunControl<Element>, progress: @escaping @Sendable (Int) throws -> Void
    ) throws -> SpectralDensity {
        var own = configuration
        own.top = 0
        own.density.probes = configuration.probesPerResample
        let block = own.blockSize(for: problem.network, examples: problem.examples)
        let linearised = try problem.linearised(
            directions: block, reserving: own.vectorBytes(for: problem.network, examples: problem.examples))
        let target = WatchedOperator(try ChosenOperator(own, of: linearised).target, progress: progress)
        return try spectralDensity(
            of: target,
            SpectralDensityConfiguration(
                probes: own.density.probes, seed: seed,
                lanczos: LanczosConfiguration(
                    steps: own.density.steps, reorthogonalisation: own.density.reorthogonalisation,
                    probesAtOnce: min(own.density.probes, block), workers: linearised.workers)), control: control)
    }
}
