import Files
import Krylov
import LinearAlgebra

extension ScalarAnalysis {
    /// Everything from products: what shares them is found together.
    ///
    /// - Returns: the top eigenvectors, as rows.
    mutating func estimate<Target: SymmetricOperator>(
        _ target: Target, workers: Workers, _ configuration: ScalarConfiguration
    ) throws -> Matrix<Element> where Target.Element == Element {
        var traces: TraceEstimates?
        if configuration.needs(\.needsTraces) {
            let asked = TraceConfiguration(
                products: configuration.traceProducts, seed: configuration.seed,
                memoryLimit: configuration.basisMemory, workers: workers)
            let isByGroup = configuration.quantities.contains(.layers)
            let found = try traceEstimates(of: target, groups: isByGroup ? groups.map(\.ranges) : [], asked)
            traceMethod = found.method
            if configuration.quantities.contains(.trace) { trace = ScalarValue(found.trace) }
            if configuration.quantities.contains(.frobenius) {
                frobeniusNormSquared = ScalarValue(found.frobeniusNormSquared)
            }
            if isByGroup { groupTraces = found.groups.map { ScalarValue($0) } }
            traces = found
        }
        if configuration.quantities.contains(.diagonal) {
            diagonal = try diagonalEstimate(
                of: target, products: configuration.traceProducts, seed: configuration.seed)
        }
        let top =
            configuration.needs(\.needsTop)
            ? try pairs(of: target, .largest, count: configuration.top, configuration, workers: workers) : []
        eigenvalues = top.map { Self.eigenvalue($0) }
        let probes =
            configuration.needs(\.needsProbes) ? try quadratures(of: target, configuration, workers: workers) : nil
        let largest = max(eigenvalues.first?.value ?? -.infinity, probes?.largest ?? -.infinity)
        shift =
            configuration.shift
            ?? (largest > 0 && largest.isFinite ? ScalarConfiguration.relativeShift * largest : nil)
        if configuration.needsSmallest {
            smallest = try smallest(of: target, configuration, workers: workers)
        }
        if let probes {
            if configuration.quantities.contains(.logDeterminant), let shift { try findDeterminant(probes, shift) }
            if configuration.quantities.contains(.rank), largest > 0, let traces {
                ranks = try ranks(probes, traces, largest: largest, configuration)
            }
        }
        if configuration.quantities.contains(.condition), let first = eigenvalues.first, let last = smallest {
            // A residual at rounding does not show that of the quotient itself.
            let rounding = 4 * Double(Element.ulpOfOne) * max(abs(first.value), abs(last.value))
            findCondition(
                largest: .init(value: first.value, residual: first.residual + rounding),
                smallest: .init(value: last.value, residual: last.residual + rounding),
                isSemidefinite: configuration.isSemidefinite)
        }
        let vectors = Matrix<Element>(rows: top.count, columns: target.dimension)
        for (row, pair) in top.enumerated() { vectors.row(row).assign(pair.vector) }
        return vectors
    }

    /// The smallest eigenvalue; of a matrix without negative ones as that of A + σI less σ: its residual then has to be
    /// small beside σ, where beside an eigenvalue that may be 0 it could not be.
    private func smallest<Target: SymmetricOperator>(
        of target: Target, _ configuration: ScalarConfiguration, workers: Workers
    ) throws -> HessianAnalysis.Eigenvalue? where Target.Element == Element {
        guard configuration.isSemidefinite, let shift else {
            return try pairs(of: target, .smallest, count: 1, configuration, workers: workers).first
                .map { Self.eigenvalue($0) }
        }
        let shifted = target.shifted(by: shift)
        return try pairs(of: shifted, .smallest, count: 1, configuration, workers: workers).first
            .map { HessianAnalysis.Eigenvalue($0, less: shift) }
    }

    private mutating func findDeterminant(_ probes: QuadratureProbes<Element>, _ shift: Double) throws {
        do {
            let found = try probes.logDeterminant(shift: shift)
            logDeterminant = ScalarValue(found)
            quadratureBounds = found.quadratureBounds
        } catch let failure as LogDeterminantFailure {
            throw Fault(
                .data, "\(failure)", at: "--shift \(shift)",
                remedy: "Rounding has made eigenvalues negative: raise --shift, or try --precision double")
        }
    }

    private func ranks(
        _ probes: QuadratureProbes<Element>, _ traces: TraceEstimates, largest: Double,
        _ configuration: ScalarConfiguration
    ) throws -> Ranks {
        let threshold = configuration.rankThreshold * largest
        let modulus = max(largest, abs(min(smallest?.value ?? 0, probes.smallest)))
        return Ranks(
            threshold: threshold, above: ScalarValue(try probes.eigenvalueCount(above: threshold)),
            below: configuration.isSemidefinite
                ? nil : ScalarValue(try probes.eigenvalueCount(below: -threshold)),
            stableRank: ScalarValue(
                RankMeasures.stableRank(
                    frobeniusNormSquared: traces.frobeniusNormSquared, largestMagnitude: modulus)),
            intrinsicDimension: configuration.isSemidefinite
                ? ScalarValue(RankMeasures.intrinsicDimension(trace: traces.trace, largest: largest)) : nil,
            entropyRank: nil, participationRatio: nil)
    }

    private func pairs<Target: SymmetricOperator>(
        of target: Target, _ end: SpectrumEnd, count: Int, _ configuration: ScalarConfiguration, workers: Workers
    ) throws -> [Eigenpair<Element>] where Target.Element == Element {
        let search = ExtremeConfiguration(
            end: end, tolerance: configuration.tolerance, maximumSteps: configuration.maximumSteps,
            seed: configuration.seed, workers: workers)
        return try extremeEigenpairs(of: target, count: min(count, target.dimension), search).pairs
    }

    private func quadratures<Target: SymmetricOperator>(
        of target: Target, _ configuration: ScalarConfiguration, workers: Workers
    ) throws -> QuadratureProbes<Element> where Target.Element == Element {
        let atOnce = configuration.probesAtOnce(
            parameters: target.dimension, bytes: MemoryLayout<Element>.stride)
        // Orthogonal to rounding: the bounds are those of the exact process.
        let lanczos = LanczosConfiguration(
            steps: configuration.steps, reorthogonalisation: .full, probesAtOnce: atOnce, workers: workers)
        return try QuadratureProbes(
            of: target,
            SpectralDensityConfiguration(probes: configuration.probes, seed: configuration.seed, lanczos: lanczos))
    }

    private static func eigenvalue(_ pair: Eigenpair<Element>) -> HessianAnalysis.Eigenvalue {
        HessianAnalysis.Eigenvalue(pair)
    }
}
