import LinearAlgebra

/// tr A ≈ P · mean of vᵀ A v over random v of length 1, with its standard error.
///
/// One product a probe: for when the trace alone is asked for; `SpectralDensity.trace` is the same estimate for the same
/// probes. The number of probes is fixed beforehand: stopping when two successive means agree would be a bias.
///
/// Source: Girard (1987); Hutchinson, Commun. Stat. Simul. 18 (1989).
///
/// - Parameter configuration: of its Lanczos part only `probesAtOnce` and `workers` matter.
/// - Throws: `KrylovFailure`, or what the operator throws.
/// - Complexity: one product a probe; 2 · probesAtOnce · dimension numbers.
public func traceEstimate<Operator: SymmetricOperator>(
    of target: Operator, _ configuration: SpectralDensityConfiguration
) throws -> Estimate {
    typealias Element = Operator.Element
    let dimension = target.dimension
    let atOnce = configuration.lanczos.probesAtOnce
    var samples: [Double] = []
    for first in stride(from: 0, to: configuration.probes, by: atOnce) {
        let probes: [Vector<Element>] = (first..<min(configuration.probes, first + atOnce)).map {
            configuration.distribution.probe($0, dimension: dimension, seed: configuration.seed)
        }
        let images = probes.map { _ in Vector<Element>(count: dimension) }
        try target.apply(to: probes, into: images)
        for (probe, image) in zip(probes, images) {
            let form = Basis.dot(probe, image, workers: configuration.lanczos.workers)
            guard form.isFinite else { throw KrylovFailure.productIsNotFinite(product: samples.count + 1) }
            samples.append(Double(dimension) * form)
        }
    }
    return Estimate(mean: samples)
}
