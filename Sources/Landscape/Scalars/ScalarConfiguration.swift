import Files
import Krylov

/// Numbers that are asked of a curvature matrix.
public enum ScalarQuantity: String, Sendable, Codable, CaseIterable {
    case trace
    case frobenius
    /// Traces of the diagonal blocks of the groups of parameters.
    case layers
    case logDeterminant = "logdet"
    case rank
    case condition
    /// The gradient in the span of the top eigenvectors.
    case gradient
    /// Where the top eigenvectors live.
    case participation
    case diagonal

    /// What is found where nothing is asked for: all but the diagonal, whose entries are noise for most networks, and what
    /// such a matrix does not have.
    public static func usual(for kind: OperatorKind) -> Set<ScalarQuantity> {
        var usual = Set(allCases).subtracting([.diagonal])
        if !kind.isPositiveSemidefinite { usual.remove(.logDeterminant) }
        if !kind.actsOnParameters { usual.subtract(ofParameters) }
        return usual
    }

    /// What only a matrix on parameters has.
    static let ofParameters: Set<ScalarQuantity> = [.layers, .gradient, .participation]

    var needsTraces: Bool { [.trace, .frobenius, .layers, .rank].contains(self) }
    var needsProbes: Bool { [.logDeterminant, .rank].contains(self) }
    var needsTop: Bool { [.rank, .condition, .gradient, .participation].contains(self) }
}

/// What is wanted of a matrix, and how much may be spent on it.
public struct ScalarConfiguration: Sendable, Equatable {
    /// Which matrix.
    public var target: OperatorConfiguration
    public var quantities: Set<ScalarQuantity>
    /// Patterns of the tensors that the matrix is restricted to; none for all.
    public var parameters: [String]
    public var grouping: ParameterGrouping
    /// Up to this many parameters the matrix is formed, and everything is exact.
    public var exactLimit: Int
    /// For trace, Frobenius norm and traces of layers together; and as many for the diagonal.
    public var traceProducts: Int
    /// Start vectors of the quadratures for log-determinant and ranks.
    public var probes: Int
    /// Lanczos steps of each.
    public var steps: Int
    /// σ; nil for `relativeShift` · λ₁.
    public var shift: Double?
    /// ε of the effective rank, the share of λ₁ that an eigenvalue must exceed.
    public var rankThreshold: Double
    /// How many top eigenvectors, for the gradient and the participation ratios.
    public var top: Int
    /// A pair has converged when its residual is at most this times |θ|.
    public var tolerance: Double
    /// Products for eigenvalues, at each end of the spectrum.
    public var maximumSteps: Int
    /// Bytes that bases may take.
    public var basisMemory: Int
    public var failedCertificates: CertificatePolicy
    public var seed: UInt64

    /// The default of σ, relative to λ₁.
    public static let relativeShift = 1e-3

    public init(
        kind: OperatorKind = .hessian, quantities: Set<ScalarQuantity>? = nil, seed: UInt64 = 0
    ) {
        target = OperatorConfiguration(kind, seed: seed)
        self.quantities = quantities ?? ScalarQuantity.usual(for: kind)
        self.seed = seed
        parameters = []
        grouping = .layer
        exactLimit = 1024
        traceProducts = 100
        probes = 10
        steps = 60
        rankThreshold = 0.01
        top = 10
        tolerance = 1e-3
        maximumSteps = 400
        basisMemory = 2 << 30
        failedCertificates = .refuse
    }

    func needs(_ property: (ScalarQuantity) -> Bool) -> Bool { quantities.contains(where: property) }

    /// Whether the matrix has no negative eigenvalue, whatever the point.
    var isSemidefinite: Bool { target.kind.isPositiveSemidefinite }

    /// - Throws: `Fault` of kind `usage` for layers of a matrix that acts on outputs.
    func checkKind() throws(Fault) {
        guard !target.kind.actsOnParameters else { return }
        let asked = quantities.intersection(ScalarQuantity.ofParameters).map(\.rawValue).sorted()
        guard asked.isEmpty && parameters.isEmpty else {
            throw Fault(
                .usage, "\(target.kind.rawValue) acts on outputs, not on parameters",
                at: asked.isEmpty ? "--parameters" : "--quantities \(asked.joined(separator: ","))",
                remedy: "Leave it out, or take another --operator")
        }
    }
}

extension ScalarConfiguration {
    /// What the bases take at most, in bytes.
    public func vectorBytes(parameters: Int, bytes: Int) -> Int {
        guard parameters > exactLimit else { return parameters * parameters * 16 }
        let vector = parameters * bytes
        func times(_ count: Int) -> Int {
            let product = vector.multipliedReportingOverflow(by: count)
            return product.overflow ? Int.max / 2 : product.partialValue
        }
        let traces = needs(\.needsTraces) ? min(times(2 * traceProducts), basisMemory) : 0
        let quadratures =
            needs(\.needsProbes) ? times((steps + 2) * probesAtOnce(parameters: parameters, bytes: bytes)) : 0
        let eigenpairs =
            needs(\.needsTop)
            ? times(ExtremeConfiguration.basisLength(count: min(top, parameters), dimension: parameters) + top + 2) : 0
        return max(traces, quadratures, eigenpairs)
    }

    /// Probes whose Lanczos processes go together: the problem decides, so that the result is the same everywhere.
    public func probesAtOnce(parameters: Int, bytes: Int) -> Int {
        let basis = Double(steps) * Double(parameters) * Double(bytes)
        return max(1, min(8, probes, Int(Double(512 << 20) / max(1, basis))))
    }

    /// Products that a run usually takes: by experience for the eigenvalues, exactly for the rest.
    public func expectedProducts(parameters: Int) -> Int {
        let certificates = OperatorExamination<Float>.productCount
        guard parameters > exactLimit else { return parameters + certificates }
        var count = certificates
        if needs(\.needsTraces) { count += traceProducts }
        if quantities.contains(.diagonal) { count += traceProducts }
        if needs(\.needsProbes) { count += probes * min(steps, parameters) }
        if needs(\.needsTop) { count += 3 * top + 20 }
        if needsSmallest { count += maximumSteps / 4 }
        return count
    }

    /// The lower end matters to the condition number, and to the largest modulus of what may be indefinite.
    var needsSmallest: Bool { quantities.contains(.condition) || (quantities.contains(.rank) && !isSemidefinite) }
}
