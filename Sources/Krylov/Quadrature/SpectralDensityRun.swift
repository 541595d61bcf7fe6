import LinearAlgebra

/// Stochastic Lanczos quadrature of the operator's spectral density.
///
/// With `deflation` its eigenpairs enter exactly and every probe is projected off them, and so is every product with it:
/// quadrature is of (I − VᵀV) A (I − VᵀV) on the complement (see `Deflation` for what their residuals leave out).
///
/// Through `control` the run offers a snapshot after every step and after every batch of probes; one that goes on from
/// a snapshot ends with the same bytes. Ended early, it gives the probes finished so far; where none has finished, the
/// quadratures that the steps so far make, which are exact to a lower degree. Either is marked `isPartial`.
///
/// - Throws: `KrylovFailure`, `DensityFailure`, `FactorisationFailure`, or what the operator or `control` throws.
/// - Complexity: probes · steps products; memory for `probesAtOnce` bases of steps · dimension numbers; with k deflated
///   vectors up to 8 k · dimension flops a step.
public func spectralDensity<Operator: SymmetricOperator>(
    of target: Operator, deflating deflation: Deflation<Operator.Element>? = nil,
    _ configuration: SpectralDensityConfiguration, control: RunControl<Operator.Element> = RunControl()
) throws -> SpectralDensity {
    try SpectralDensityRun(target, deflating: deflation, configuration, control).result()
}

/// A density on its way: the probes that have finished, and those that are being worked on.
final class SpectralDensityRun<Operator: SymmetricOperator> {
    typealias Element = Operator.Element

    let target: Operator
    let outliers: [DeflatedEigenvalue]
    let deflated: Matrix<Element>?
    let configuration: SpectralDensityConfiguration
    private let control: RunControl<Element>
    private let plan: ProbePlan
    /// Never more rows than the complement has dimensions.
    private let rows: Int
    private var spaces: [LanczosWorkspace<Element>] = []

    var finished: [FinishedProbe] = []
    var batch: LanczosBatch<Element>?

    init(
        _ target: Operator, deflating deflation: Deflation<Element>?, _ configuration: SpectralDensityConfiguration,
        _ control: RunControl<Element>
    ) throws {
        precondition(target.dimension >= 1, "an operator of dimension \(target.dimension)")
        self.target = target
        self.control = control
        self.configuration = configuration
        outliers = deflation?.eigenvalues ?? []
        deflated = try deflation?.checkedVectors(dimension: target.dimension, workers: configuration.lanczos.workers)
        rows = min(configuration.lanczos.steps, target.dimension - outliers.count)
        plan = ProbePlan(configuration)
    }

    func result() throws -> SpectralDensity {
        // Nothing is left to be found at random.
        guard rows > 0 else { return density(isPartial: false, looks: 0) }
        if let snapshot = control.resumed { try restore(snapshot) }
        while true {
            let looks = plan.looks.count { $0 <= finished.count }
            if plan.looks.contains(finished.count) {
                let found = density(isPartial: false, looks: looks)
                if found.adaptation?.reached ?? false { return found }
            }
            guard let range = plan.batch(after: finished.count) else {
                return density(isPartial: false, looks: looks)
            }
            let current = try batch ?? LanczosBatch(range.map(process))
            batch = current
            while !current.isFinished {
                if control.isOver() { return try partial(current, looks: looks) }
                try current.step(target)
                try control.offer { self.snapshot() }
            }
            finished += try current.decompositions().map { try FinishedProbe($0) }
            batch = nil
            try control.offer { self.snapshot() }
        }
    }

    /// The process of a probe at its beginning, in the memory of its place in the batch.
    private func process(of probe: Int) throws -> LanczosProcess<Element> {
        try LanczosProcess(
            start: configuration.distribution.probe(probe, dimension: target.dimension, seed: configuration.seed),
            space: space(probe - finished.count), configuration: processConfiguration, deflating: deflated,
            norm: outliers.largestMagnitude)
    }

    var processConfiguration: LanczosConfiguration {
        var lanczos = configuration.lanczos
        lanczos.keepsBasis = false
        return lanczos
    }

    func space(_ index: Int) -> LanczosWorkspace<Element> {
        while spaces.count <= index { spaces.append(LanczosWorkspace(rows: rows, dimension: target.dimension)) }
        return spaces[index]
    }

    private func partial(_ current: LanczosBatch<Element>, looks: Int) throws -> SpectralDensity {
        if finished.isEmpty {
            guard current.processes.allSatisfy({ !$0.alpha.isEmpty }) else {
                throw DensityFailure.endedBeforeFirstProduct
            }
            finished = try current.decompositions().map { try FinishedProbe($0) }
        }
        return density(isPartial: true, looks: looks)
    }

    private func density(isPartial: Bool, looks: Int) -> SpectralDensity {
        let density = SpectralDensity(
            finished, dimension: target.dimension, outliers: outliers, epsilon: Double(Element.ulpOfOne),
            isPartial: isPartial, adaptation: nil)
        guard let adaptivity = configuration.adaptivity else { return density }
        let confidence = 1 - 0.05 / Double(plan.looks.count)
        let halfWidth = density.largestCumulativeHalfWidth(confidence: confidence)
        return SpectralDensity(
            finished, dimension: target.dimension, outliers: outliers, epsilon: density.epsilon, isPartial: isPartial,
            adaptation: ProbeAdaptation(
                tolerance: adaptivity.tolerance,
                reached: !isPartial && (halfWidth.map { $0 <= adaptivity.tolerance } ?? false), halfWidth: halfWidth,
                looks: looks, plannedLooks: plan.looks.count, confidence: confidence))
    }
}
