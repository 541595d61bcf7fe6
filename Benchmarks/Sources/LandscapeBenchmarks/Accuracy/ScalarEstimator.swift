import Krylov
import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What one repeat of an estimate came to.
struct Outcome: Sendable {
    /// 1 where the interval holds the truth, 0 where not; of several numbers the share whose intervals do.
    let covered: Double
    /// Half the interval's width, relative to the scale of the number.
    let halfWidth: Double
    /// The interval's middle less the truth, likewise.
    let error: Double

    /// - Parameters:
    ///   - scale: what the half width is divided by.
    ///   - slack: what the exact number may be off by itself, a share of `scale`.
    init(_ interval: ClosedRange<Double>?, truth: Double, scale: Double, slack: Double = 1e-13) {
        guard let interval else {
            covered = 0
            halfWidth = .nan
            error = .nan
            return
        }
        let rounding = slack * scale
        covered = truth >= interval.lowerBound - rounding && truth <= interval.upperBound + rounding ? 1 : 0
        halfWidth = (interval.upperBound - interval.lowerBound) / 2 / scale
        error = ((interval.upperBound + interval.lowerBound) / 2 - truth) / scale
    }

    /// The mean of several.
    init(_ parts: [Outcome]) {
        covered = parts.reduce(0) { $0 + $1.covered } / Double(parts.count)
        halfWidth = Timing.median(parts.map(\.halfWidth))
        error = parts.reduce(0) { $0 + $1.error } / Double(parts.count)
    }

    /// A half width below which nothing but rounding is left, in either precision.
    static let rounding = 1e-5
}

/// Which operators an estimator is for.
enum Demand: Sendable {
    case none
    case dimension(above: Int)
    case semidefinite

    func isMet(by item: AccuracyCase) -> Bool {
        switch self {
        case .none: true
        case .dimension(let least): item.dimension > least
        case .semidefinite: item.eigenvalues.first! >= -1e-12 * item.norm
        }
    }
}

/// A number with an interval: its name, what it costs, and one seeded estimate of it.
struct ScalarEstimator: Sendable {
    let name: String
    let cost: String
    let demand: Demand
    let outcome: @Sendable (AccuracyCase, UInt64) throws -> Outcome

    init(
        _ name: String, _ cost: String, _ demand: Demand = .none,
        _ outcome: @escaping @Sendable (AccuracyCase, UInt64) throws -> Outcome
    ) {
        self.name = name
        self.cost = cost
        self.demand = demand
        self.outcome = outcome
    }

    static let all: [ScalarEstimator] = traces + norms + diagonals + densities + quadratures + singles

    private static let traces = [
        (TraceMethod.hutchinson, 10), (.hutchinson, 30), (.hutchPlusPlus, 30), (.xTrace, 12), (.xTrace, 30),
    ].map { method, products in
        ScalarEstimator("tr A, \(method.rawValue)", "\(products)", .dimension(above: products)) { item, seed in
            let found = try traceEstimates(
                of: item.double, TraceConfiguration(products: products, method: method, seed: seed))
            return Outcome(found.trace.interval(), truth: item.trace, scale: item.traceScale)
        }
    }

    private static let norms = [(TraceMethod.hutchinson, 30), (.hutchPlusPlus, 30), (.xTrace, 30)].map {
        method, products in
        ScalarEstimator("‖A‖²_F, \(method.rawValue)", "\(products)", .dimension(above: products)) {
            item, seed in
            let found = try traceEstimates(
                of: item.double, TraceConfiguration(products: products, method: method, seed: seed))
            return Outcome(
                found.frobeniusNormSquared.interval(), truth: item.frobeniusNormSquared,
                scale: item.frobeniusNormSquared)
        }
    }

    private static let diagonals =
        [TraceMethod.hutchinson, .xTrace].map { method in
            ScalarEstimator("trace of a third, \(method.rawValue)", "30", .dimension(above: 30)) {
                item, seed in
                let group = 0..<item.dimension / 3
                let found = try traceEstimates(
                    of: item.double, groups: [[group]], TraceConfiguration(products: 30, method: method, seed: seed))
                return Outcome(
                    found.groups[0].interval(), truth: item.diagonal[group].reduce(0, +), scale: item.traceScale)
            }
        } + [
            ScalarEstimator("each entry of the diagonal", "30", .dimension(above: 30)) { item, seed in
                let found = try diagonalEstimate(of: item.double, products: 30, seed: seed)
                let scale = (item.frobeniusNormSquared / Double(item.dimension)).squareRoot()
                let errors = found.standardErrors!.doubles
                return Outcome(
                    found.values.doubles.indices.map { index in
                        Outcome(
                            Estimate(
                                value: found.values[index], standardError: errors[index], degreesOfFreedom: 29
                            ).interval(), truth: item.diagonal[index], scale: scale)
                    })
            }
        ]

    private static let densities: [ScalarEstimator] = [
        ScalarEstimator("tr A, quadrature", "10 × 20") { item, seed in
            let found = try Estimators.density(item.double, probes: 10, steps: 20, seed: seed)
            return Outcome(found.trace.interval(), truth: item.trace, scale: item.traceScale)
        },
        ScalarEstimator("‖A‖²_F, quadrature", "10 × 20") { item, seed in
            let found = try Estimators.density(item.double, probes: 10, steps: 20, seed: seed)
            return Outcome(
                found.frobeniusNormSquared.interval(), truth: item.frobeniusNormSquared,
                scale: item.frobeniusNormSquared)
        },
        ScalarEstimator("tr A, quadrature, 10 deflated", "10 × 20 + search") { item, seed in
            let known = try Estimators.deflation(item.double, seed: seed)
            let found = try Estimators.density(
                item.double, deflating: known?.deflation, probes: 10, steps: 20, seed: seed)
            return Outcome(found.trace.interval(), truth: item.trace, scale: item.traceScale)
        },
        ScalarEstimator("φ at σ = 5 % of the range, quadrature", "10 × 40") { item, seed in
            let found = try Estimators.density(item.double, probes: 10, steps: 40, seed: seed)
            return curve(found.smoothed(.fixed(item.range / 20), on: .covering(points: 200)), item)
        },
        ScalarEstimator("φ, the same, 10 deflated", "10 × 40 + search") { item, seed in
            let known = try Estimators.deflation(item.double, seed: seed)
            let found = try Estimators.density(
                item.double, deflating: known?.deflation, probes: 10, steps: 40, seed: seed)
            return curve(found.smoothed(.fixed(item.range / 20), on: .covering(points: 200)), item)
        },
        ScalarEstimator("tr A, kernel polynomials", "10 × 20 + 20") { item, seed in
            let found = try chebyshevDensity(
                of: item.double,
                ChebyshevConfiguration(
                    probes: 10, seed: seed, steps: 20, lanczos: LanczosConfiguration(steps: 20, probesAtOnce: 5)))
            return Outcome(found.trace.interval(), truth: item.trace, scale: item.traceScale)
        },
    ]

    private static let quadratures: [ScalarEstimator] = [
        ScalarEstimator("log det (A + ‖A‖/1000)", "10 × 40", .semidefinite) { item, seed in
            let shift = item.norm / 1000
            let found = try probes(item, seed).logDeterminant(shift: shift)
            let truth = item.eigenvalues.reduce(0) { $0 + log($1 + shift) }
            return Outcome(found.interval(), truth: truth, scale: Double(item.dimension))
        },
        ScalarEstimator("number above λ₁/10", "10 × 40") { item, seed in
            let found = try probes(item, seed).eigenvalueCount(above: 0.1 * item.eigenvalues.last!)
            let truth = Double(item.eigenvalues.count { $0 > found.threshold })
            return Outcome(found.interval(), truth: truth, scale: Double(item.dimension))
        },
    ]

    /// In single precision, whose rounding makes the operator's own eigenvalues uncertain by 2⁻²³ ‖A‖.
    private static let singles: [ScalarEstimator] = [
        ScalarEstimator("tr A, xtrace, single", "30", .dimension(above: 30)) { item, seed in
            let found = try traceEstimates(
                of: item.single, TraceConfiguration(products: 30, method: .xTrace, seed: seed))
            return Outcome(found.trace.interval(), truth: item.trace, scale: item.traceScale, slack: 0x1p-23)
        },
        ScalarEstimator("tr A, quadrature, 10 deflated, single", "10 × 20 + search") { item, seed in
            let known = try Estimators.deflation(item.single, seed: seed)
            let found = try Estimators.density(
                item.single, deflating: known?.deflation, probes: 10, steps: 20, seed: seed)
            return Outcome(found.trace.interval(), truth: item.trace, scale: item.traceScale, slack: 0x1p-23)
        },
    ]

    private static func probes(_ item: AccuracyCase, _ seed: UInt64) throws -> QuadratureProbes<Double> {
        try QuadratureProbes(
            of: item.double,
            SpectralDensityConfiguration(
                probes: 10, seed: seed, lanczos: LanczosConfiguration(steps: 40, probesAtOnce: 5)))
    }

    /// The share of grid points whose interval holds the exact density smoothed by the same Gaussian, where that is at
    /// least a hundredth of its largest value.
    private static func curve(_ found: SmoothedDensity, _ item: AccuracyCase) -> Outcome {
        let height = 1 / (found.sigma * (2 * Double.pi).squareRoot() * Double(item.dimension))
        let exact = found.grid.map { t in
            item.eigenvalues.reduce(0) { sum, value in
                let distance = (t - value) / found.sigma
                return abs(distance) < 9 ? sum + height * exp(-0.5 * distance * distance) : sum
            }
        }
        let largest = exact.max()!
        return Outcome(
            exact.indices.filter { exact[$0] >= 0.01 * largest }.map { index in
                Outcome(found.estimate(index).interval(), truth: exact[index], scale: largest)
            })
    }
}

extension AccuracyCase {
    /// √n ‖A‖_F, which bounds |tr A| and is not 0 where that is.
    var traceScale: Double { (Double(dimension) * frobeniusNormSquared).squareRoot() }

    var range: Double { eigenvalues.last! - eigenvalues.first! }
}
