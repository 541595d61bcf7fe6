import Files
import Krylov
import LinearAlgebra

extension ScalarAnalysis {
    /// Everything from products: what shares them is found together.
    ///
    /// - Returns: the top eigenvectors, as rows.
    mutating func estimate<Target: SymmetricOperator>(
        _ target: Target, workers: Workers, _ configuration: ScalarConfiguration, _ deadline: ScalarDeadline
    ) throws -> Matrix<Element> where Target.Element == Element {
        var traces: TraceEstimates?
        if configuration.needs(\.needsTraces) {
            let asked = TraceConfiguration(
                products: configuration.traceProducts, seed: configuration.seed,
                memoryLimit: configuration.basisMemory, workers: workers)
            let isByGroup = configuration.quantities.contains(.layers)
            traces = try deadline.whole {
                try traceEstimates(of: target, groups: isByGroup ? groups.map(\.ranges) : [], asked)
            }
        }
        if let traces {
            traceMethod = traces.method
            if configuration.quantities.contains(.trace) { trace = ScalarValue(traces.trace) }
            if configuration.quantities.contains(.frobenius) {
                frobeniusNormSquared = ScalarValue(traces.frobeniusNormSquared)
            }
            if configuration.quantities.contains(.layers) { groupTraces = traces.groups.map { ScalarValue($0) } }
        }
        if configuration.quantities.contains(.diagonal) {
            diagonal = try deadline.whole {
                try diagonalEstimate(of: target, products: configuration.traceProducts, seed: configuration.seed)
            }
        }
        let search = Search(configuration, workers: workers, deadline)
        let top = configuration.needs(\.needsTop) ? try pairs(of: target, .largest, configuration.top, search) : []
        eigenvalues = top.map { ScalarEigenvalue($0) }
        let probes =
            configuration.needs(\.needsProbes)
            ? try deadline.whole { try quadratures(of: target, configuration, workers: workers) } : nil
        if let probes {
            certificates.append(
                .orthogonality(
                    of: "quadratures", loss: probes.orthogonalityLoss, .full, epsilon: Double(Element.ulpOfOne),
                    dimension: target.dimension))
        }
        let largest = max(eigenvalues.first?.value ?? -.infinity, probes?.largest ?? -.infinity)
        shift =
            configuration.shift
            ?? (largest > 0 && largest.isFinite ? ScalarConfiguration.relativeShift * largest : nil)
        if configuration.needsSmallest {
            smallest = try smallest(of: target, search)
        }
        if let probes {
            if configuration.quantities.contains(.logDeterminant), let shift { try findDeterminant(probes, shift) }
            if configuration.quantities.contains(.rank), largest > 0, let traces {
                ranks = try ranks(probes, traces, largest: largest, configuration)
            }
        }
        if configuration.quantities.contains(.condition), let first = eigenvalues.first, let last = smallest {
            findCondition(largest: first.end, smallest: last.end, isSemidefinite: configuration.isSemidefinite)
        }
        let vectors = Matrix<Element>(rows: top.count, columns: target.dimension)
        for (row, pair) in top.enumerated() { vectors.row(row).assign(pair.vector) }
        return vectors
    }

    /// The smallest eigenvalue; of a matrix without negative ones as that of A + σI less σ: its residual then has to be
    /// small beside σ, where beside an eigenvalue that may be 0 it could not be.
    private mutating func smallest<Target: SymmetricOperator>(
        of target: Target, _ search: Search
    ) throws -> ScalarEigenvalue? where Target.Element == Element {
        guard search.configuration.isSemidefinite, let shift else {
            return try pairs(of: target, .smallest, 1, search).first.map { ScalarEigenvalue($0) }
        }
        let shifted = target.shifted(by: shift)
        return try pairs(of: shifted, .smallest, 1, search).first.map { ScalarEigenvalue($0, shiftedBy: shift) }
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

    /// How eigenvalues are searched for.
    private struct Search {
        let configuration: ScalarConfiguration
        let workers: Workers
        let deadline: ScalarDeadline

        init(_ configuration: ScalarConfiguration, workers: Workers, _ deadline: ScalarDeadline) {
            self.configuration = configuration
            self.workers = workers
            self.deadline = deadline
        }
    }

    /// The pairs of one end, with the certificates of their search; the best so far where the time is over.
    private mutating func pairs<Target: SymmetricOperator>(
        of target: Target, _ end: SpectrumEnd, _ count: Int, _ search: Search
    ) throws -> [Eigenpair<Element>] where Target.Element == Element {
        let tolerance = search.configuration.tolerance
        let found = try extremeEigenpairs(
            of: target, count: min(count, target.dimension),
            ExtremeConfiguration(
                end: end, tolerance: tolerance, maximumSteps: search.configuration.maximumSteps,
                seed: search.configuration.seed, workers: search.workers), control: search.deadline.control())
        if found.stop == .ended { search.deadline.note() }
        let record = ExtremeSearchRecord(found, tolerance: tolerance)
        let evidence = Certificates([
            .orthogonality(
                of: "extremes", loss: found.orthogonalityLoss, limit: Double(Element.ulpOfOne).squareRoot()),
            .residuals(record.residualShares),
        ])
        certificates = certificates + evidence.named(end == .smallest ? "smallest" : "largest")
        return found.pairs
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
}
