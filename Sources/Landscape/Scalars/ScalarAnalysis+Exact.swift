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
    /// What is left is the rounding E of the products that the columns are: ‖E‖_F moves no eigenvalue by more than
    /// itself (Weyl), the trace, a sum of entries whose errors have signs of their own, by about as much, and ‖A‖²_F by
    /// 2 ‖A‖_F ‖E‖_F + ‖E‖²_F.
    ///
    /// - Parameter product: how far each column may be off.
    /// - Returns: the top eigenvectors, as rows.
    mutating func findExactly<Target: SymmetricOperator>(
        _ target: Target, _ product: ProductRounding, _ configuration: ScalarConfiguration
    ) throws -> Matrix<Element> where Target.Element == Element {
        let matrix = try target.formed()
        let system = try SymmetricEigenvalues.system(of: matrix)
        let order = matrix.rows
        let frobenius = system.values.reduce(0) { $0 + $1 * $1 }
        let rounding = product.frobenius(ofColumns: (0..<order).map { matrix.row($0).norm })
        let diagonal = (0..<order).map { matrix[$0, $0] }
        let wanted = configuration.quantities
        traceMethod = .exact
        let trace = diagonal.reduce(0, +)
        if wanted.contains(.trace) { self.trace = ScalarValue(exact: trace, rounding: rounding) }
        if wanted.contains(.frobenius) {
            frobeniusNormSquared = ScalarValue(
                exact: frobenius, rounding: rounding * (2 * frobenius.squareRoot() + rounding))
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
            self.logDeterminant = Self.logDeterminant(of: system.values, shift: shift, rounding: rounding)
        }
        if wanted.contains(.rank), largest > 0 {
            ranks = ranks(of: system.values, trace: trace, frobenius: frobenius, rounding: rounding, configuration)
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

    /// log det (A + σI) of a semidefinite matrix. Σ δλ² ≤ ‖E‖²_F (Hoffman and Wielandt), and log(x + δ) lies between
    /// log x + δ/(x + δ) and log x + δ/x; no eigenvalue is below 0, whatever rounding has made of it.
    private static func logDeterminant(of values: [Double], shift: Double, rounding: Double) -> ScalarValue {
        let shifted = values.map { max($0, 0) + shift }
        let value = shifted.reduce(0) { $0 + log($1) }
        func slope(_ least: (Double) -> Double) -> Double {
            shifted.reduce(0) { $0 + 1 / (least($1) * least($1)) }.squareRoot()
        }
        let below = rounding * slope { max($0 - rounding, shift) }
        return ScalarValue(value, interval: value - below...value + rounding * slope { $0 })
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
        of values: [Double], trace: Double, frobenius: Double, rounding: Double, _ configuration: ScalarConfiguration
    ) -> Ranks {
        let largest = values.last!
        let threshold = configuration.rankThreshold * largest
        let modulus = max(abs(values[0]), abs(largest))
        // The threshold moves with λ₁.
        let reach = (1 + configuration.rankThreshold) * rounding
        func count(where isCounted: (Double) -> Bool, certainly: (Double) -> Bool, possibly: (Double) -> Bool)
            -> ScalarValue
        {
            ScalarValue(
                Double(values.count(where: isCounted)),
                interval: Double(values.count(where: certainly))...Double(values.count(where: possibly)))
        }
        func quotient(_ value: ClosedRange<Double>, by divisor: ClosedRange<Double>) -> ClosedRange<Double>? {
            guard divisor.lowerBound > 0 else { return nil }
            let ends = [value.lowerBound, value.upperBound].flatMap { end in
                [end / divisor.lowerBound, end / divisor.upperBound]
            }
            return ends.min()!...ends.max()!
        }
        let norm = frobenius.squareRoot()
        let least = max(0, norm - rounding)
        let squares = least * least...(norm + rounding) * (norm + rounding)
        let moduli = max(0, modulus - rounding)...modulus + rounding
        return Ranks(
            threshold: threshold,
            above: count(
                where: { $0 > threshold }, certainly: { $0 > threshold + reach }, possibly: { $0 > threshold - reach }),
            below: configuration.isSemidefinite
                ? nil
                : count(
                    where: { $0 < -threshold }, certainly: { $0 < -threshold - reach },
                    possibly: { $0 < -threshold + reach }),
            stableRank: ScalarValue(
                frobenius / (modulus * modulus),
                interval: quotient(
                    squares, by: moduli.lowerBound * moduli.lowerBound...moduli.upperBound * moduli.upperBound)),
            intrinsicDimension: configuration.isSemidefinite
                ? ScalarValue(
                    trace / largest,
                    interval: quotient(trace - rounding...trace + rounding, by: largest - rounding...largest + rounding)
                )
                : nil,
            entropyRank: RankMeasures.entropyRank(of: values),
            participationRatio: RankMeasures.participationRatio(of: values))
    }
}
