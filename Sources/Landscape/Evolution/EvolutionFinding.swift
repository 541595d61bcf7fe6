import Checkpoints
import Files
import Krylov
public import LinearAlgebra
public import Networks

/// A point of a run's evolution with the eigenvectors that later ones are compared with.
public struct EvolutionFinding<Element: Scalar>: Sendable {
    public var point: EvolutionPoint
    /// The eigenvectors of the largest eigenvalues, `[point.dimensions, P]`, orthonormal.
    public let vectors: Matrix<Element>

    init(point: EvolutionPoint, vectors: Matrix<Element>) {
        self.point = point
        self.vectors = vectors
    }

    /// Looks at one checkpoint.
    ///
    /// - Parameters:
    ///   - linearised: the problem, linearised with room for the configuration's blocks.
    ///   - progress: told the products done so far; throws to stop.
    /// - Throws: `Fault` where a result cannot be had; what `progress` and the controls throw.
    public init(
        _ problem: Problem<Element>, _ linearised: LinearisedNetwork<Element>, _ configuration: EvolutionConfiguration,
        progress: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) throws {
        let curvature = CurvatureOperator(
            try configuration.kind.curvature(for: linearised.loss.kind), of: linearised)
        let watched = WatchedOperator(curvature, progress: progress)
        let gradient = linearised.gradient()
        guard gradient.isFinite else {
            throw Fault(
                .data, "the gradient is not finite in \(Element.precisionName) precision", at: "gradient",
                remedy: "The parameters or the inputs are too large; try --precision double")
        }
        let search = ExtremeSearches(watched, configuration, workers: linearised.workers)
        let largest = try search.largest()
        let smallest = try search.smallest()
        let density = try search.density(at: linearised.directions)
        let covariance = try Self.covariance(linearised)

        let count = min(configuration.top, largest.pairs.count)
        let found = Matrix<Element>(rows: count, columns: curvature.dimension)
        for row in 0..<count { found.row(row).assign(largest.pairs[row].vector) }
        vectors = Orthonormalisation.of(found, workers: linearised.workers).rows
        let missed = (largest.pairs + smallest.pairs).count { !$0.converged }
        point = EvolutionPoint(
            checkpoint: problem.path, step: problem.run.step, lossKind: problem.loss.kind.rawValue,
            loss: linearised.lossValue, gradientNorm: gradient.norm, largest: largest.pairs.map(Self.eigenvalue),
            smallest: smallest.pairs.first.map(Self.eigenvalue), density: density, covariance: covariance,
            gradientInTopSubspace: count > 0
                ? PrincipalAngles.share(of: gradient, in: vectors, workers: linearised.workers) : nil,
            dimensions: count, products: watched.products,
            orthogonalityLoss: max(largest.loss, smallest.loss, density?.orthogonalityLoss ?? 0),
            warnings: problem.warnings + Self.warnings(missed: missed, of: largest.pairs.count + smallest.pairs.count))
    }

    private static func eigenvalue(_ pair: Eigenpair<Element>) -> EvolutionPoint.Eigenvalue {
        EvolutionPoint.Eigenvalue(value: pair.value, residual: pair.residual, converged: pair.converged)
    }

    private static func warnings(missed: Int, of count: Int) -> [String] {
        missed == 0 ? [] : ["\(missed) of \(count) eigenvalues did not converge; see their residuals"]
    }

    private static func covariance(_ linearised: LinearisedNetwork<Element>) throws -> EvolutionPoint.Covariance? {
        let isCoupled = linearised.mode.couplesExamples && linearised.network.couplesExamples
        let count = linearised.loss.exampleCount
        guard !isCoupled, count > 1, count <= EvolutionConfiguration.mostCovarianceExamples else { return nil }
        let covariance = try GradientCovariance(linearised)
        return EvolutionPoint.Covariance(
            largestEigenvalue: covariance.eigenvalues.first ?? 0, effectiveRank: covariance.effectiveRank,
            stableRank: covariance.stableRank, meanOffDiagonal: covariance.meanOffDiagonal,
            negativeFraction: covariance.negativeFraction, zeroGradients: covariance.zeroGradients)
    }
}

/// The searches at one checkpoint, each from the same start vectors at every checkpoint.
private struct ExtremeSearches<Base: SymmetricOperator> {
    typealias Pairs = (pairs: [Eigenpair<Base.Element>], loss: Double)

    let target: WatchedOperator<Base>
    let configuration: EvolutionConfiguration
    let workers: Workers

    init(_ target: WatchedOperator<Base>, _ configuration: EvolutionConfiguration, workers: Workers) {
        self.target = target
        self.configuration = configuration
        self.workers = workers
    }

    func largest() throws -> Pairs {
        configuration.top == 0 ? ([], 0) : try search(.largest, count: configuration.top + 1)
    }

    func smallest() throws -> Pairs {
        configuration.isIndefinite ? try search(.smallest, count: 1) : ([], 0)
    }

    func density(at once: Int) throws -> SpectralDensity? {
        guard configuration.probes > 0 else { return nil }
        let lanczos = LanczosConfiguration(
            steps: configuration.steps, probesAtOnce: min(configuration.probes, once), workers: workers)
        return try spectralDensity(
            of: target,
            SpectralDensityConfiguration(probes: configuration.probes, seed: configuration.seed, lanczos: lanczos))
    }

    private func search(_ end: SpectrumEnd, count: Int) throws -> Pairs {
        let found = try extremeEigenpairs(
            of: target, count: min(count, target.dimension),
            ExtremeConfiguration(
                end: end, tolerance: configuration.tolerance, maximumSteps: configuration.maximumSteps,
                seed: configuration.seed, workers: workers))
        return (found.pairs, found.orthogonalityLoss)
    }
}
