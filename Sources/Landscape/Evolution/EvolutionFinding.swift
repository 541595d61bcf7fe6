import Checkpoints
import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// A point of a run's evolution with the eigenvectors that later ones are compared with.
public struct EvolutionFinding<Element: Scalar>: Sendable {
    public var point: EvolutionPoint
    /// The eigenvectors of the largest eigenvalues, `[point.dimensions, P]`, orthonormal.
    public let vectors: Matrix<Element>

    /// How the three searches at a checkpoint are steered from outside.
    public struct Controls: Sendable {
        public var largest: RunControl<Element>
        public var smallest: RunControl<Element>
        public var density: RunControl<Element>

        public init(
            largest: RunControl<Element> = RunControl(), smallest: RunControl<Element> = RunControl(),
            density: RunControl<Element> = RunControl()
        ) {
            self.largest = largest
            self.smallest = smallest
            self.density = density
        }
    }

    init(point: EvolutionPoint, vectors: Matrix<Element>) {
        self.point = point
        self.vectors = vectors
    }

    /// Looks at one checkpoint; nil where a control ended it before all was found.
    ///
    /// - Parameters:
    ///   - linearised: the problem, linearised with room for the configuration's blocks.
    ///   - progress: told the products done so far; throws to stop.
    /// - Throws: `Fault` where a result cannot be had; what `progress` and the controls throw.
    public init?(
        _ problem: Problem<Element>, _ linearised: LinearisedNetwork<Element>, _ configuration: EvolutionConfiguration,
        controls: Controls = Controls(), progress: @escaping @Sendable (Int) throws -> Void = { _ in }
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
        let examination = try Certificates(
            examining: watched, of: linearised, kind: configuration.kind, gradientNorm: gradient.norm,
            seed: configuration.seed)
        try examination.check(configuration.failedCertificates)
        let search = EvolutionSearches(
            target: watched, configuration: configuration, probesAtOnce: linearised.directions,
            workers: linearised.workers)
        guard let found = try search.all(controls) else { return nil }
        let drawn = found.density.map { DrawnDensity($0, HessianConfiguration.DensityWish(probes: 1, steps: 1)) }
        let certificates = examination + found.certificates + Certificates(drawn?.certificates ?? [])
        try certificates.check(configuration.failedCertificates)
        let covariance = try Self.covariance(linearised)
        let count = min(configuration.top, found.largest.count)
        let top = Matrix<Element>(rows: count, columns: curvature.dimension)
        for row in 0..<count { top.row(row).assign(found.largest[row].vector) }
        vectors = Orthonormalisation.of(top, workers: linearised.workers).rows
        point = EvolutionPoint(
            checkpoint: problem.path, step: problem.run.step, lossKind: problem.loss.kind.rawValue,
            loss: linearised.lossValue, gradientNorm: gradient.norm, largest: found.largest.map(Self.eigenvalue),
            smallest: found.smallest.map(Self.eigenvalue), density: found.density, covariance: covariance,
            gradientInTopSubspace: count > 0
                ? PrincipalAngles.share(of: gradient, in: vectors, workers: linearised.workers) : nil,
            dimensions: count, products: found.products + OperatorExamination<Element>.productCount,
            orthogonalityLoss: found.orthogonalityLoss, certificates: certificates,
            warnings: problem.warnings + found.warnings + (drawn?.warnings ?? []) + certificates.warnings)
    }

    private static func eigenvalue(_ pair: Eigenpair<Element>) -> EvolutionPoint.Eigenvalue {
        EvolutionPoint.Eigenvalue(value: pair.value, residual: pair.residual, converged: pair.converged)
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
