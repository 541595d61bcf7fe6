import Krylov
import LinearAlgebra

/// The searches at one checkpoint, each from the same start vectors at every checkpoint.
struct EvolutionSearches<Base: SymmetricOperator> {
    typealias Element = Base.Element

    /// What the searches found, each whole.
    struct Found {
        var largest: [Eigenpair<Element>] = []
        var smallest: Eigenpair<Element>?
        var density: SpectralDensity?
        /// Carried through snapshots, unlike a count of this process's products.
        var products = 0
        var orthogonalityLoss = 0.0
        var certificates = Certificates()
        var warnings: [String] = []
    }

    let target: WatchedOperator<Base>
    let configuration: EvolutionConfiguration
    let probesAtOnce: Int
    let workers: Workers

    /// Nil where a control ended one of them.
    func all(_ controls: EvolutionFinding<Element>.Controls) throws -> Found? {
        var found = Found()
        if configuration.top > 0 {
            let pairs = try search(.largest, count: configuration.top + 1, controls.largest)
            guard found.take(pairs, "largest", tolerance: configuration.tolerance) else { return nil }
            found.largest = pairs.pairs
        }
        if configuration.isIndefinite {
            let pairs = try search(.smallest, count: 1, controls.smallest)
            guard found.take(pairs, "smallest", tolerance: configuration.tolerance) else { return nil }
            found.smallest = pairs.pairs.first
        }
        guard configuration.probes > 0 else { return found }
        guard let density = try density(deflating: found.largest, controls.density) else { return nil }
        found.products += density.products
        found.orthogonalityLoss = max(found.orthogonalityLoss, density.orthogonalityLoss)
        found.density = density
        found.certificates.append(
            .orthogonality(
                of: "density", loss: density.orthogonalityLoss, lanczos.reorthogonalisation,
                epsilon: Double(Element.ulpOfOne), dimension: target.dimension))
        found.certificates.append(.weights(sum: density.weights.reduce(0, +), nodes: density.nodes.count))
        return found
    }

    private var lanczos: LanczosConfiguration {
        LanczosConfiguration(
            steps: configuration.steps, probesAtOnce: min(configuration.probes, probesAtOnce), workers: workers)
    }

    /// The top pairs are known, and need not be found again at random: probes see what they leave. Nil where it was ended.
    private func density(
        deflating pairs: [Eigenpair<Element>], _ control: RunControl<Element>
    ) throws -> SpectralDensity? {
        do {
            let found = try spectralDensity(
                of: target, deflating: Deflation(pairs, dimension: target.dimension),
                SpectralDensityConfiguration(
                    probes: configuration.probes, seed: configuration.seed, lanczos: lanczos), control: control)
            return found.isPartial ? nil : found
        } catch DensityFailure.endedBeforeFirstProduct {
            return nil
        }
    }

    private func search(
        _ end: SpectrumEnd, count: Int, _ control: RunControl<Element>
    ) throws -> ExtremeEigenpairs<Element> {
        try extremeEigenpairs(
            of: target, count: min(count, target.dimension),
            ExtremeConfiguration(
                end: end, tolerance: configuration.tolerance, maximumSteps: configuration.maximumSteps,
                seed: configuration.seed, workers: workers), control: control)
    }
}

extension EvolutionSearches.Found {
    /// Counts what a search has cost; false where it was ended from outside.
    fileprivate mutating func take(
        _ result: ExtremeEigenpairs<Base.Element>, _ end: String, tolerance: Double
    ) -> Bool {
        let record = ExtremeSearchRecord(result, tolerance: tolerance)
        let evidence = Certificates([
            .orthogonality(
                of: "extremes", loss: result.orthogonalityLoss,
                limit: Double(Base.Element.ulpOfOne).squareRoot()),
            .residuals(record.residualShares),
        ])
        certificates = certificates + evidence.named(end)
        products += result.products
        orthogonalityLoss = max(orthogonalityLoss, result.orthogonalityLoss)
        let missed = result.pairs.count { !$0.converged }
        if missed > 0 {
            warnings.append("\(missed) of \(result.pairs.count) eigenvalues did not converge; see their residuals")
        }
        return result.stop != .ended
    }
}
