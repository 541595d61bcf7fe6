import Krylov
import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ScalarAnalysis {
    /// Everything from the matrix itself: its entries, its eigenvalues (LAPACK's, in double) and eigenvectors.
    ///
    /// What is left is rounding: eps ‖A‖_F of the entries, in the network's precision, moves each eigenvalue by as much
    /// at most (Weyl).
    ///
    /// - Returns: the top eigenvectors, as rows.
    mutating func findExactly<Target: SymmetricOperator>(
        _ target: Target, _ configuration: ScalarConfiguration
    ) throws -> Matrix<Element> where Target.Element == Element {
        let matrix = try target.formed()
        let system = try SymmetricEigenvalues.system(of: matrix)
        let order = matrix.rows
        let frobenius = system.values.reduce(0) { $0 + $1 * $1 }
        let rounding = 4 * Double(Element.ulpOfOne) * frobenius.squareRoot()
        let diagonal = (0..<order).map { matrix[$0, $0] }
        let wanted = configuration.quantities
        traceMethod = .exact
        let trace = diagonal.reduce(0, +)
        if wanted.contains(.trace) { self.trace = ScalarValue(exact: trace, rounding: rounding) }
        if wanted.contains(.frobenius) {
            frobeniusNormSquared = ScalarValue(exact: frobenius, rounding: rounding * frobenius.squareRoot())
        }
        if wanted.contains(.layers) {
            groupTraces = groups.map { group in
                ScalarValue(exact: group.ranges.reduce(0) { $0 + diagonal[$1].reduce(0, +) }, rounding: rounding)
            }
        }
        if wanted.contains(.diagonal) { self.diagonal = DiagonalEstimate(exact: Vector(rounding: diagonal)) }
        let largest = system.values[order - 1]
        shift = configuration.shift ?? (largest > 0 ? ScalarConfiguration.relativeShift * largest : nil)
        if wanted.contains(.logDeterminant), let shift {
            // What rounding has put below 0 is 0: the matrix has no negative eigenvalue.
            let values = system.values.map { log(max($0, 0) + shift) }
            let sensitivity = system.values.reduce(0) { $0 + rounding / (max($1, 0) + shift) }
            logDeterminant = ScalarValue(exact: values.reduce(0, +), rounding: sensitivity)
        }
        if wanted.contains(.rank), largest > 0 {
            ranks = ranks(of: system.values, trace: trace, frobenius: frobenius, configuration)
        }
        if wanted.contains(.condition) {
            smallest = ScalarEigenvalue(exactly: system.values[0], rounding: rounding)
            conditionNumber = condition(of: system.values, shift: 0, rounding: rounding, configuration)
            shiftedConditionNumber = shift.map {
                condition(of: system.values, shift: $0, rounding: rounding, configuration)
            }
        }
        let top = configuration.needs(\.needsTop) ? min(configuration.top, order) : 0
        eigenvalues = (0..<top).map {
            ScalarEigenvalue(exactly: system.values[order - 1 - $0], rounding: rounding)
        }
        let vectors = Matrix<Element>(rows: top, columns: order)
        for row in 0..<top { vectors.row(row).assign(Vector(converting: system.vectors.row(order - 1 - row))) }
        return vectors
    }

    /// The whole spectrum is known, and with it the eigenvalue nearest to 0, also inside.
    private func condition(
        of values: [Double], shift: Double, rounding: Double, _ configuration: ScalarConfiguration
    ) -> ConditionNumber {
        // What rounding has put below 0 is 0 where no eigenvalue is negative.
        let moduli = values.map { abs((configuration.isSemidefinite ? max($0, 0) : $0) + shift) }
        return ConditionNumber(
            largest: .init(value: moduli.max()!, residual: rounding),
            smallest: .init(value: moduli.min()!, residual: rounding))
    }

    private func ranks(
        of values: [Double], trace: Double, frobenius: Double, _ configuration: ScalarConfiguration
    ) -> Ranks {
        let largest = values.last!
        let threshold = configuration.rankThreshold * largest
        let modulus = max(abs(values[0]), abs(largest))
        func exact(_ value: Double) -> ScalarValue { ScalarValue(exact: value) }
        return Ranks(
            threshold: threshold, above: exact(Double(values.count { $0 > threshold })),
            below: configuration.isSemidefinite ? nil : exact(Double(values.count { $0 < -threshold })),
            stableRank: exact(frobenius / (modulus * modulus)),
            intrinsicDimension: configuration.isSemidefinite ? exact(trace / largest) : nil,
            entropyRank: RankMeasures.entropyRank(of: values),
            participationRatio: RankMeasures.participationRatio(of: values))
    }
}
