import LinearAlgebra

/// The kernel polynomial method: a second estimate of a density, with nothing in common with Lanczos' quadrature but the
/// operator (and an interval, which is checked).
///
/// The interval is that of a few Lanczos steps: their extreme Ritz values, and beyond them the Ritz values' residuals
/// and 2 % of the range. It must hold the spectrum: where a probe's vector grows by more than rounding, some eigenvalue
/// is outside; an interval given by hand then fails the run, one found is enlarged by a tenth at either end, and all
/// begins again, five times at most.
///
/// Snapshots and early ends as in `spectralDensity(of:deflating:_:control:)`.
///
/// - Throws: `KrylovFailure`, `DensityFailure`, `FactorisationFailure`, or what the operator or `control` throws.
/// - Complexity: probes · steps products and those of the interval; 3 · probesAtOnce · dimension numbers.
public func chebyshevDensity<Operator: SymmetricOperator>(
    of target: Operator, deflating deflation: Deflation<Operator.Element>? = nil,
    _ configuration: ChebyshevConfiguration, control: RunControl<Operator.Element> = RunControl()
) throws -> ChebyshevDensity {
    let run = try ChebyshevRun(target, deflating: deflation, configuration, control)
    return try run.result()
}

/// A kernel polynomial method on its way.
final class ChebyshevRun<Operator: SymmetricOperator> {
    typealias Element = Operator.Element

    let target: Operator
    let outliers: [DeflatedEigenvalue]
    let deflated: Matrix<Element>?
    let configuration: ChebyshevConfiguration
    let control: RunControl<Element>

    var scaling: ChebyshevScaling?
    var enlargements = 0
    /// Products, those that came to nothing included.
    var products = 0
    var finished: [[Double]] = []
    var batch: ChebyshevBatch<Element>?

    init(
        _ target: Operator, deflating deflation: Deflation<Element>?, _ configuration: ChebyshevConfiguration,
        _ control: RunControl<Element>
    ) throws {
        self.target = target
        self.control = control
        self.configuration = configuration
        outliers = deflation?.eigenvalues ?? []
        deflated = try deflation?.checkedVectors(dimension: target.dimension, workers: configuration.lanczos.workers)
    }

    func result() throws -> ChebyshevDensity {
        guard outliers.count < target.dimension else { return density([], isPartial: false) }
        if let snapshot = control.resumed { try restore(snapshot) }
        if scaling == nil { scaling = try findInterval() }
        while finished.count < configuration.probes {
            do {
                guard try finishBatch() else { return try partial() }
            } catch DensityFailure.intervalTooSmall where configuration.interval == nil && enlargements < 5 {
                scaling = scaling!.enlarged
                enlargements += 1
                finished = []
                batch = nil
            }
            try control.offer { self.snapshot() }
        }
        return density(finished, isPartial: false)
    }

    /// - Returns: false where the run is to end.
    private func finishBatch() throws -> Bool {
        let current = try batch ?? freshBatch()
        batch = current
        while current.degree < configuration.steps {
            if control.isOver() { return false }
            products += current.moments.count
            try current.step(target)
            try control.offer { self.snapshot() }
        }
        finished += current.moments
        batch = nil
        return true
    }

    func emptyBatch(_ count: Int) -> ChebyshevBatch<Element> {
        ChebyshevBatch(
            count: count, dimension: target.dimension, scaling: scaling!, deflating: deflated,
            workers: configuration.lanczos.workers)
    }

    private func freshBatch() throws -> ChebyshevBatch<Element> {
        let count = min(configuration.probes - finished.count, configuration.lanczos.probesAtOnce)
        let batch = emptyBatch(count)
        for index in 0..<count { try batch.start(index, with: probe(finished.count + index, "chebyshev probe")) }
        return batch
    }

    private func probe(_ index: Int, _ stream: String) -> Vector<Element> {
        configuration.distribution.probe(
            index, dimension: target.dimension, seed: configuration.seed, stream: stream)
    }

    /// From a start vector of its own.
    private func findInterval() throws -> ChebyshevScaling {
        let largest = outliers.largestMagnitude
        if let given = configuration.interval {
            let norm = max(largest, abs(given.lowerBound), abs(given.upperBound))
            return ChebyshevScaling(lower: given.lowerBound, upper: given.upperBound, norm: norm)
        }
        var lanczos = configuration.lanczos
        lanczos.keepsBasis = false
        let space = LanczosWorkspace<Element>(
            rows: min(lanczos.steps, target.dimension - outliers.count), dimension: target.dimension)
        let batch = LanczosBatch([
            try LanczosProcess(
                start: probe(0, "chebyshev interval"), space: space, configuration: lanczos, deflating: deflated,
                norm: largest)
        ])
        while !batch.isFinished {
            try batch.step(target)
            products += 1
        }
        let found = batch.decompositions()[0]
        let system = try found.eigensystem()
        let residuals = system.lastComponents.map { abs($0 * found.residualNorm) }
        let lower = system.eigenvalues.first! - residuals.first!
        let upper = system.eigenvalues.last! + residuals.last!
        let norm = max(largest, abs(lower), abs(upper))
        // Where all eigenvalues are one, the interval is as wide as half of the digits.
        let least = max(norm * Double(Element.ulpOfOne).squareRoot(), Double.leastNormalMagnitude)
        let margin = max(0.02 * (upper - lower), least)
        return ChebyshevScaling(lower: lower - margin, upper: upper + margin, norm: norm)
    }

    private func partial() throws -> ChebyshevDensity {
        if !finished.isEmpty { return density(finished, isPartial: true) }
        guard let batch, batch.degree > 0 else { throw DensityFailure.endedBeforeFirstProduct }
        return density(batch.moments, isPartial: true)
    }

    private func density(_ moments: [[Double]], isPartial: Bool) -> ChebyshevDensity {
        ChebyshevDensity(
            dimension: target.dimension, outliers: outliers.sorted { $0.value < $1.value },
            lower: scaling?.lower ?? 0, upper: scaling?.upper ?? 0, moments: moments, products: products,
            enlargements: enlargements, epsilon: Double(Element.ulpOfOne), isPartial: isPartial)
    }
}
