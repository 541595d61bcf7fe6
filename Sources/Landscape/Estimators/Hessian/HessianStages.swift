import Files
import Krylov
import LinearAlgebra
import Networks

/// The stages of one analysis, on one operator.
final class HessianStages<Element: Scalar> {
    let linearised: LinearisedNetwork<Element>
    let configuration: HessianConfiguration
    /// The matrix, with its products counted and reported.
    let target: WatchedOperator<AnySymmetricOperator<Element>>
    let gradientNorm: Double
    private let isRestricted: Bool
    private let control: HessianControl<Element>
    private let progress: @Sendable (HessianStage, Int) throws -> Void

    private var workers: Workers { linearised.workers }

    init(
        _ linearised: LinearisedNetwork<Element>, _ configuration: HessianConfiguration,
        control: @escaping HessianControl<Element>,
        progress: @escaping @Sendable (HessianStage, Int) throws -> Void
    ) throws {
        self.linearised = linearised
        self.configuration = configuration
        self.control = control
        self.progress = progress
        let matrix = try ChosenOperator(configuration, of: linearised)
        target = WatchedOperator(matrix.target)
        isRestricted = matrix.isRestricted
        gradientNorm = matrix.gradientNorm
        guard gradientNorm.isFinite else {
            throw Fault(
                .data, "the gradient is not finite in \(Element.precisionName) precision", at: "gradient",
                remedy: "The parameters or the inputs are too large; try --precision double")
        }
    }

    /// Evidence that the operator is one, and that its network's derivatives are derivatives: first, since all else is
    /// worth nothing without.
    ///
    /// - Throws: `Fault` where a certificate fails; `KrylovFailure` where products are not finite, with which nothing goes.
    func certify() throws -> Certificates {
        begin(.certificates)
        let certificates = try Certificates(
            examining: target, of: linearised, kind: configuration.target.kind, gradientNorm: gradientNorm,
            seed: configuration.seed)
        try certificates.check(configuration.failedCertificates)
        return certificates
    }

    /// All eigenvalues, where that is wanted or no dearer than estimates; nil elsewhere.
    func exactSpectrum() throws -> ExactSpectrum? {
        begin(.exact)
        let choice = configuration.exact
        guard choice != .never else { return nil }
        let isOver = try control(.exact, 0).isOver
        do {
            return try exactSpectrum(choice, isOver)
        } catch is TimeIsOver {
            // The estimates come next, and end with what they have.
            guard choice == .always else { return nil }
            throw Fault(
                .usage, "the time was over before the matrix was in full", at: "--time-limit",
                remedy: "Give more time, or leave --exact out")
        }
    }

    /// Thrown between blocks of columns.
    private struct TimeIsOver: Error {}

    private func exactSpectrum(
        _ choice: HessianConfiguration.ExactChoice, _ isOver: @escaping @Sendable () -> Bool
    ) throws -> ExactSpectrum? {
        let check = { if isOver() { throw TimeIsOver() } }
        var exact = ExactConfiguration(configuration.target)
        exact.maximumBytes = configuration.exactMemory
        exact.maximumOperations = choice == .always ? .infinity : estimatedOperations
        if isRestricted {
            let order = Double(target.dimension)
            let cost = order * (target.operations ?? 0) + 4.0 / 3 * order * order * order
            let bytes = 16 * order * order
            guard bytes <= Double(exact.maximumBytes), cost <= exact.maximumOperations else {
                if choice == .automatic { return nil }
                throw Fault(
                    .usage, "the matrix of order \(target.dimension) takes \(Int(bytes) >> 20) MB in full",
                    at: "--exact", remedy: "Choose fewer parameters with --parameters, or leave --exact out")
            }
            // In double precision, as the whole matrix.
            guard Element.self != Double.self else {
                return try ExactSpectrum(denseOf: target, workers: workers) { _ in try check() }
            }
            let wide = try linearised.converted(to: Double.self, directions: linearised.directions)
            return try ExactSpectrum(denseOf: ChosenOperator(configuration, of: wide).target, workers: workers) { _ in
                try check()
            }
        }
        if choice == .automatic {
            // Double precision takes twice the time of single.
            if Element.self != Double.self { exact.maximumOperations /= 2 }
            do {
                let costs = try ExactSpectrum.costs(exact, of: linearised, directions: linearised.directions)
                _ = try ExactSpectrum.method(exact, costs)
            } catch { return nil }
        }
        return try ExactSpectrum(linearised, exact) { [progress] done in
            try progress(.exact, done)
            try check()
        }
    }

    /// The extreme eigenvalues; nil where there is nothing to deflate with.
    func searchExtremes(_ findings: inout HessianFindings) throws -> Deflation<Element>? {
        guard configuration.top > 0 else { return nil }
        begin(.extremes)
        let search = ExtremeConfiguration(
            end: configuration.end, tolerance: configuration.tolerance, maximumSteps: configuration.maximumSteps,
            seed: configuration.seed, workers: workers)
        let count = min(configuration.top, target.dimension)
        let found = try extremeEigenpairs(of: target, count: count, search, control: try control(.extremes, 0))
        let record = ExtremeSearchRecord(found, tolerance: configuration.tolerance)
        findings.search = record
        findings.isPartial = found.stop == .ended
        findings.eigenvalues = found.pairs.map { HessianAnalysis.Eigenvalue($0) }
        findings.products += found.products
        findings.certificates.append(
            .orthogonality(of: "extremes", loss: found.orthogonalityLoss, limit: Double(Element.ulpOfOne).squareRoot()))
        findings.certificates.append(.residuals(record.residualShares))
        guard configuration.density.deflation == .yes, configuration.density.probes > 0,
            found.pairs.contains(where: \.converged)
        else { return nil }
        return Deflation(found.pairs, dimension: target.dimension)
    }

    /// The density of what deflation leaves, beside what it takes.
    func estimateDensity(deflating deflation: Deflation<Element>?, _ findings: inout HessianFindings) throws {
        let wish = configuration.density
        guard wish.probes > 0 else { return }
        begin(.density)
        let quadrature = SpectralDensityConfiguration(
            probes: wish.probes, seed: configuration.seed, lanczos: lanczos(steps: wish.steps),
            adaptivity: wish.tolerance.map { ProbeAdaptivity(tolerance: $0) })
        do {
            let density = try spectralDensity(
                of: target, deflating: deflation, quadrature, control: try control(.density, 0))
            findings.density = density
            findings.products += density.products
            findings.isPartial = findings.isPartial || density.isPartial
            findings.certificates.append(
                .orthogonality(
                    of: "density", loss: density.orthogonalityLoss, wish.reorthogonalisation,
                    epsilon: Double(Element.ulpOfOne), dimension: target.dimension))
            findings.certificates.append(
                .weights(sum: density.weights.reduce(0, +), nodes: density.nodes.count))
        } catch DensityFailure.endedBeforeFirstProduct {
            findings.isPartial = true
        }
    }

    /// The same density by the kernel polynomial method, whose probes are its own.
    func compareEstimators(deflating deflation: Deflation<Element>?, _ findings: inout HessianFindings) throws {
        let wish = configuration.density
        guard wish.estimators == .both, let density = findings.density, density.probes.count > 1 else { return }
        begin(.comparison)
        let kernel = ChebyshevConfiguration(
            probes: density.probes.count, seed: configuration.seed, steps: wish.steps,
            lanczos: lanczos(steps: min(20, wish.steps)))
        do {
            let other = try chebyshevDensity(
                of: target, deflating: deflation, kernel, control: try control(.comparison, 0))
            findings.isPartial = findings.isPartial || other.isPartial
            findings.products += other.products
            guard other.moments.count > 1, other.order > 1 else { return }
            let comparison = DensityComparison(density, other)
            findings.comparison = comparison
            findings.certificates.append(.agreement(comparison))
        } catch DensityFailure.endedBeforeFirstProduct {
            findings.isPartial = true
        }
    }

    private func lanczos(steps: Int) -> LanczosConfiguration {
        LanczosConfiguration(
            steps: steps, reorthogonalisation: configuration.density.reorthogonalisation,
            probesAtOnce: max(1, min(configuration.density.probes, linearised.directions)), workers: workers)
    }

    private func begin(_ stage: HessianStage) {
        target.progress = { [progress] done in try progress(stage, done) }
    }

    /// Multiplications and additions that estimates would take, and what a second or so is good for.
    private var estimatedOperations: Double {
        max(2e10, Double(configuration.expectedProducts(parameters: target.dimension)) * (target.operations ?? 0))
    }
}
