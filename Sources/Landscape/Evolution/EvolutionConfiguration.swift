public import LinearAlgebra
public import Networks

/// What is looked at in every checkpoint of a run, in the same way.
public struct EvolutionConfiguration: Sendable {
    public var kind: OperatorKind
    /// k, the dimensions of the top subspace: the eigenvectors of the largest eigenvalues.
    public var top: Int
    /// A pair has converged when ‖Av − θv‖ ≤ tolerance · |θ|.
    public var tolerance: Double
    /// Products spent on the extreme eigenvalues of an end, at most.
    public var maximumSteps: Int
    /// Random start vectors of the density, the same at every checkpoint; 0 for no density.
    public var probes: Int
    /// Lanczos steps a probe.
    public var steps: Int
    public var seed: UInt64
    public var failedCertificates: CertificatePolicy

    /// The most examples of which the gradients' covariance is taken: its matrix has a row for each.
    public static let mostCovarianceExamples = 2048

    public init(kind: OperatorKind = .hessian, top: Int = 10, probes: Int = 5, steps: Int = 60, seed: UInt64 = 0) {
        self.kind = kind
        self.top = top
        self.probes = probes
        self.steps = steps
        self.seed = seed
        tolerance = 1e-3
        failedCertificates = .refuse
        maximumSteps = 1000
    }

    /// Whether the matrix can have negative eigenvalues; the smallest of one that cannot is zero, and not worth products.
    public var isIndefinite: Bool { kind == .hessian || kind == .residual }

    /// The density's part, for what it needs of memory and products.
    var hessian: HessianConfiguration {
        HessianConfiguration(kind: kind, top: top + 1, probes: probes, steps: steps, seed: seed)
    }

    /// See `HessianConfiguration.blockSize`.
    public func blockSize<Element: Scalar>(for network: Network<Element>, examples: Int) -> Int {
        hessian.blockSize(for: network, examples: examples)
    }

    /// What bases and eigenvectors take at a time, in bytes.
    public func vectorBytes<Element: Scalar>(for network: Network<Element>, examples: Int) -> Int {
        hessian.vectorBytes(for: network, examples: examples)
            // Those that were found, and a copy that the density leaves out.
            + 2 * (top + 1) * network.layout.count * MemoryLayout<Element>.stride
    }

    /// Products at one checkpoint, about.
    public func expectedProducts(parameters: Int) -> Int {
        hessian.expectedProducts(parameters: parameters) + (isIndefinite ? 30 : 0)
    }
}
