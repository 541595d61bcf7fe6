import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// What a curvature matrix's spectrum is found to be, each number with its error and its evidence.
public struct HessianAnalysis: Sendable {
    /// How the spectrum was had.
    public enum Method: String, Sendable, Encodable {
        /// Extreme eigenvalues and a density, by Krylov spaces.
        case lanczos
        /// All eigenvalues, of the matrix in full.
        case dense
        /// All eigenvalues, of a Gram matrix that has the same but for zeros.
        case gram
    }

    public let method: Method
    /// Which matrix.
    public let provenance: String
    /// How many rows it has.
    public let dimension: Int
    /// ‖∇ℓ‖₂ of the mean loss, of the chosen parameters.
    public let gradientNorm: Double
    /// Best first.
    public let eigenvalues: [HessianAnalysis.Eigenvalue]
    /// How the extreme eigenvalues were searched for; nil where they were not.
    public let search: ExtremeSearchRecord?
    public let trace: Estimate?
    public let frobeniusNormSquared: Estimate?
    public let density: SpectralDensity?
    public let smoothed: SmoothedDensity?
    public let logarithmic: LogDensity?
    /// Against the kernel polynomial method.
    public let comparison: DensityComparison?
    public internal(set) var resamples: HessianResamples?
    public internal(set) var certificates: Certificates
    /// How many extreme eigenvalues were asked for.
    public let wanted: Int
    /// The worst loss of orthogonality of all bases.
    public let orthogonalityLoss: Double
    /// Products with the matrix, all together.
    public internal(set) var products: Int
    /// Whether a time limit ended it early.
    public internal(set) var isPartial: Bool
    public internal(set) var warnings: [String]
}

extension HessianAnalysis {
    /// - Parameters:
    ///   - control: what steers each long stage.
    ///   - progress: told the stage and the products done so far; throws to stop.
    /// - Throws: `Fault` where a result cannot be had, or where a certificate fails and that is not to be told only; what
    ///   `progress` and `control` throw.
    public init<Element: Scalar>(
        _ linearised: LinearisedNetwork<Element>, _ configuration: HessianConfiguration,
        control: @escaping HessianControl<Element> = { _, _ in RunControl() },
        progress: @escaping @Sendable (HessianStage, Int) throws -> Void = { _, _ in }
    ) throws {
        let stages = try HessianStages(linearised, configuration, control: control, progress: progress)
        var findings = HessianFindings(certificates: try stages.certify())
        if let exact = try stages.exactSpectrum() {
            findings.take(exact, configuration)
        } else {
            let deflation = try stages.searchExtremes(&findings)
            try stages.estimateDensity(deflating: deflation, &findings)
            try stages.compareEstimators(deflating: deflation, &findings)
        }
        self.init(findings, of: stages)
        try certificates.check(configuration.failedCertificates)
    }

    private init<Element: Scalar>(_ findings: HessianFindings, of stages: HessianStages<Element>) {
        let density = findings.density
        let drawn = density.map { DrawnDensity($0, stages.configuration.density) }
        method = findings.method
        provenance = stages.target.provenance
        dimension = stages.target.dimension
        gradientNorm = stages.gradientNorm
        eigenvalues = findings.eigenvalues
        search = findings.search
        trace = findings.trace ?? density?.trace
        frobeniusNormSquared = findings.frobeniusNormSquared ?? density?.frobeniusNormSquared
        self.density = density
        smoothed = drawn?.smoothed
        logarithmic = drawn?.logarithmic
        comparison = findings.comparison
        certificates = findings.certificates + Certificates(drawn?.certificates ?? [])
        wanted = stages.configuration.top
        orthogonalityLoss = max(findings.search?.orthogonalityLoss ?? 0, density?.orthogonalityLoss ?? 0)
        products = findings.products
        isPartial = findings.isPartial
        warnings = []
        warnings = findingWarnings(stages.configuration) + (drawn?.warnings ?? [])
    }
}

/// The parts of an analysis, in their order.
public enum HessianStage: String, Sendable, CaseIterable {
    case certificates
    case exact
    case extremes
    case density
    case comparison
    case resamples
}

/// What steers a stage; of a stage that is done several times, which time it is.
public typealias HessianControl<Element: Scalar> = (_ stage: HessianStage, _ number: Int) throws -> RunControl<Element>
