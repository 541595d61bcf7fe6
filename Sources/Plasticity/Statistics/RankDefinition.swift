#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The field's definitions of the rank of a matrix, each under a name of its own: tools of the field mix them up.
///
/// None centres the matrix. All but `absolute` are the same for any multiple of it.
public enum RankDefinition: String, Sendable, CaseIterable {
    /// How many σ exceed max(rows, columns) · eps · σ₁, eps that of the precision in which the matrix was computed: the
    /// customary tolerance of LAPACK's users (`matrix_rank` of NumPy and PyTorch).
    case exact = "exact_rank"
    /// How many σ exceed 10⁻² σ₁. Often called *the* feature rank; that of Lyle et al. 2022 is `absolute`.
    case numerical = "numerical_rank"
    /// How many σ of Φ/√n exceed 10⁻², whatever σ₁ is; n rows. Source: Lyle, Rowland and Dabney 2022, "Understanding
    /// and preventing capacity loss in reinforcement learning", section 4. Of features alone: it depends on their scale.
    case absolute = "absolute_rank"
    /// The least k with σ₁ + … + σₖ at least 99 % of the sum of all σ. Source: Kumar, Agarwal, Ghosh and Levine 2021,
    /// "Implicit under-parameterization inhibits data-efficient deep reinforcement learning", section 3. Not the stable
    /// rank, as some code has it.
    case srank = "srank"
    /// The least k with σ₁² + … + σₖ² at least 99 % of the sum of all σ². Source: Yang et al. 2020, "Harnessing
    /// structures for value-based planning and reinforcement learning", there called the approximate rank.
    case energy = "energy_rank"
    /// exp(−Σ p log p), p = σ / Σσ. Source: Roy and Vetterli 2007, "The effective rank". (Of σ, not of σ².)
    case entropy = "entropy_rank"
    /// Σσ² / σ₁² = ‖·‖²_F / ‖·‖²₂. Source: Rudelson and Vershynin, J. ACM 54 (2007).
    case stable = "stable_rank"

    /// Those that are the same for any multiple of a matrix.
    public static let scaleFree: [RankDefinition] = allCases.filter { $0 != .absolute }

    /// The rank of a matrix with those singular values; nil where it is not defined: of a matrix of zeros for a
    /// definition that divides by the σ, and the exact rank where the tolerance lies below what can be resolved.
    public func value(of spectrum: SingularSpectrum, _ thresholds: RankThresholds = RankThresholds()) -> Double? {
        let values = spectrum.values
        switch self {
        case .exact:
            let tolerance = Double(max(spectrum.rows, spectrum.columns)) * spectrum.precision
            guard tolerance >= spectrum.resolution else { return nil }
            return Double(values.count { $0 > tolerance * spectrum.largest })
        case .numerical: return Double(values.count { $0 > thresholds.relative * spectrum.largest })
        case .absolute:
            let scale = Double(max(1, spectrum.rows)).squareRoot()
            return Double(values.count { $0 / scale > thresholds.absolute })
        case .srank: return Self.least(values, share: thresholds.srankShare)
        case .energy: return Self.least(values.map { $0 * $0 }, share: thresholds.energyShare)
        case .entropy:
            let sum = values.reduce(0, +)
            guard sum > 0 else { return nil }
            return exp(values.reduce(0) { $1 > 0 ? $0 - $1 / sum * log($1 / sum) : $0 })
        case .stable:
            guard !spectrum.isZero else { return nil }
            return values.reduce(0) { $0 + ($1 / spectrum.largest) * ($1 / spectrum.largest) }
        }
    }

    /// The least number of the descending `values` that hold `share` of their sum.
    private static func least(_ values: [Double], share: Double) -> Double? {
        let total = values.reduce(0, +)
        guard total > 0 else { return nil }
        var sum = 0.0
        for (index, value) in values.enumerated() {
            sum += value
            if sum >= share * total { return Double(index + 1) }
        }
        return Double(values.count)
    }
}

/// The thresholds in the definitions of ranks.
public struct RankThresholds: Sendable, Equatable, Codable {
    /// Of the numerical rank, a share of σ₁.
    public var relative = 1e-2
    /// Of the absolute rank.
    public var absolute = 1e-2
    /// Of the srank: 1 − δ.
    public var srankShare = 0.99
    /// Of the energy rank.
    public var energyShare = 0.99

    public init() {}

    enum CodingKeys: String, CodingKey {
        case relative = "numerical_rank"
        case absolute = "absolute_rank"
        case srankShare = "srank"
        case energyShare = "energy_rank"
    }
}
