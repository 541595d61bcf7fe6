public import Krylov

extension HessianAnalysis {
    /// An extreme eigenvalue, without its vector.
    public struct Eigenvalue: Sendable, Equatable, Encodable {
        public let value: Double
        /// ‖A v − θ v‖ / ‖v‖, from the operator itself: an eigenvalue lies within it of `value`. Of an exact spectrum what
        /// rounding may have moved it by.
        public let residual: Double
        /// How far `value` may be from its eigenvalue; less than the residual where a gap is known.
        public let errorBound: Double
        /// `largest` or `smallest`: the end of the spectrum it was counted from.
        public let end: String
        public let converged: Bool

        enum CodingKeys: String, CodingKey {
            case value, residual, end, converged
            case errorBound = "error_bound"
        }

        /// - Parameter shift: by how much the operator was shifted.
        init<Element>(_ pair: Eigenpair<Element>, less shift: Double = 0) {
            value = pair.value - shift
            residual = pair.residual
            errorBound = pair.errorBound
            end = pair.end.rawValue
            converged = pair.converged
        }

        /// Of a spectrum that is known up to `error`.
        init(exactly value: Double, error: Double, isUpper: Bool) {
            self.value = value
            residual = error
            errorBound = error
            end = isUpper ? "largest" : "smallest"
            converged = true
        }
    }
}

/// How extreme eigenvalues were searched for, and how the search ended.
public struct ExtremeSearchRecord: Sendable, Equatable {
    /// `converged`, `exhausted`, `product-limit`, `ended`, `stagnated`: see `ExtremeEigenpairs.Stop`.
    public let stop: String
    public let products: Int
    public let restarts: Int
    public let verification: Verification
    public let orthogonalityLoss: Double
    public let isPartial: Bool
    /// Residuals of the converged pairs, as a share of what convergence allows.
    let residualShares: [Double]

    init<Element>(_ found: ExtremeEigenpairs<Element>, tolerance: Double) {
        stop = found.stop.rawValue
        products = found.products
        restarts = found.restarts
        verification = found.verification
        orthogonalityLoss = found.orthogonalityLoss
        isPartial = found.isPartial
        residualShares = found.pairs.filter(\.converged).map { pair in
            let allowed = max(tolerance * abs(pair.value), found.roundingResidual)
            return pair.residual == 0 ? 0 : pair.residual / allowed
        }
    }
}

/// What the stages have found so far.
struct HessianFindings {
    var method = HessianAnalysis.Method.lanczos
    var certificates: Certificates
    var eigenvalues: [HessianAnalysis.Eigenvalue] = []
    var search: ExtremeSearchRecord?
    var density: SpectralDensity?
    /// Where they are known better than from the density.
    var trace: Estimate?
    var frobeniusNormSquared: Estimate?
    var comparison: DensityComparison?
    var isPartial = false
    /// Products with the matrix, also those of an earlier life of the run.
    var products = OperatorExamination<Double>.productCount

    init(certificates: Certificates) { self.certificates = certificates }

    /// All eigenvalues: the extreme ones among them, and a density without chance in it.
    mutating func take(_ exact: ExactSpectrum, _ configuration: HessianConfiguration) {
        method = exact.method == .dense ? .dense : .gram
        // More zeros than are asked for would not be chosen.
        let zeros = [Double](repeating: 0, count: min(exact.impliedZeros, configuration.top))
        let values = (exact.eigenvalues + zeros).sorted()
        eigenvalues = configuration.end.select(min(configuration.top, values.count), of: values).map {
            HessianAnalysis.Eigenvalue(
                exactly: values[$0.index], error: exact.errors.total, isUpper: $0.isUpper)
        }
        if exact.method == .dense { products += exact.dimension }
        trace = Estimate(value: exact.trace, standardError: 0)
        frobeniusNormSquared = Estimate(value: exact.frobeniusNormSquared, standardError: 0)
        guard configuration.density.probes > 0 else { return }
        density = SpectralDensity(
            exactly: exact.eigenvalues, zeros: exact.impliedZeros, error: exact.errors.total, epsilon: .ulpOfOne)
    }
}
