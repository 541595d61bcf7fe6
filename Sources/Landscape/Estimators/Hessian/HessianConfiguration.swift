public import Krylov

/// What is wanted of a curvature matrix's spectrum, and how much may be spent on it.
public struct HessianConfiguration: Sendable {
    public var target: OperatorConfiguration
    /// Names of the tensors whose rows and columns are taken, as patterns; nil for all. See `ParameterSelection`.
    public var parameters: [String]?
    /// How many extreme eigenvalues; 0 for none.
    public var top: Int
    /// From which end of the spectrum they are taken.
    public var end: SpectrumEnd
    /// A pair has converged when ‖Av − θv‖ ≤ tolerance · |θ|.
    public var tolerance: Double
    /// Products spent on the extreme eigenvalues, at most.
    public var maximumSteps: Int
    public var density: DensityWish
    /// Whether all eigenvalues are computed, where that is no dearer.
    public var exact: ExactChoice
    /// Halves of the examples, drawn at random, whose densities tell the spread that the data cause; 0 for none.
    public var resamples: Int
    public var failedCertificates: CertificatePolicy
    /// Bytes that an exact spectrum may take, everything included.
    public var exactMemory: Int
    public var seed: UInt64

    /// What is wanted of the density.
    public struct DensityWish: Sendable, Equatable {
        /// Random start vectors; 0 for no density.
        public var probes: Int
        /// Lanczos steps a probe.
        public var steps: Int
        public var reorthogonalisation: Reorthogonalisation = .partial
        /// Whether converged extreme eigenvalues are taken out exactly.
        public var deflation: Deflated = .yes
        /// Probes go on until the largest half width of the interval of the cumulative density is at most this.
        public var tolerance: Double?
        public var estimators: Estimators = .lanczos
        public var sigma: SigmaRule = .ghorbani
        /// Nil for one that covers everything.
        public var grid: ClosedRange<Double>?
    }

    /// Which methods estimate the density.
    public enum Estimators: String, Sendable, CaseIterable {
        case lanczos
        /// Also the kernel polynomial method, and the two are compared.
        case both
    }

    /// Whether the density is that of what the extreme eigenvalues leave, beside these as atoms.
    public enum Deflated: String, Sendable, CaseIterable { case yes, no }

    /// When all eigenvalues are computed instead of estimated.
    public enum ExactChoice: String, Sendable, CaseIterable {
        /// Where it takes no more operations than the estimates would.
        case automatic = "auto"
        case always
        case never
    }

    public init(
        kind: OperatorKind = .hessian, top: Int = 10, probes: Int = 10, steps: Int = 80, seed: UInt64 = 0
    ) {
        target = OperatorConfiguration(kind, seed: seed)
        self.top = top
        self.seed = seed
        end = .largestMagnitude
        tolerance = 1e-3
        maximumSteps = 1000
        density = DensityWish(probes: probes, steps: steps)
        exact = .automatic
        resamples = 0
        failedCertificates = .refuse
        exactMemory = 2 << 30
    }
}
