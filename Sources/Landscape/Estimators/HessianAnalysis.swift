import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// What is wanted of a curvature matrix's spectrum, and how much may be spent on it.
public struct HessianConfiguration: Sendable {
    public var kind: OperatorKind
    /// How many extreme eigenvalues; 0 for none.
    public var top: Int
    /// From which end of the spectrum they are taken.
    public var end: SpectrumEnd
    /// A pair has converged when ‖Av − θv‖ ≤ tolerance · |θ|.
    public var tolerance: Double
    /// Products spent on the extreme eigenvalues, at most.
    public var maximumSteps: Int
    /// Random start vectors of the density; 0 for no density.
    public var probes: Int
    /// Lanczos steps a probe.
    public var steps: Int
    public var reorthogonalisation: Reorthogonalisation
    public var seed: UInt64

    public init(kind: OperatorKind = .hessian, top: Int = 10, probes: Int = 10, steps: Int = 80, seed: UInt64 = 0) {
        self.kind = kind
        self.top = top
        self.probes = probes
        self.steps = steps
        self.seed = seed
        end = .largestMagnitude
        tolerance = 1e-3
        maximumSteps = 1000
        reorthogonalisation = .partial
    }
}

/// What a curvature matrix's spectrum is found to be, each number with its error.
public struct HessianAnalysis: Sendable {
    /// An extreme eigenvalue, without its vector.
    public struct Eigenvalue: Sendable, Equatable, Encodable {
        public let value: Double
        /// ‖A v − θ v‖ / ‖v‖, from the operator itself: an eigenvalue lies within it of `value`.
        public let residual: Double
        /// `largest` or `smallest`: the end of the spectrum it was counted from.
        public let end: String
        public let converged: Bool
    }

    /// ‖∇ℓ‖₂ of the mean loss.
    public let gradientNorm: Double
    /// Best first.
    public let eigenvalues: [Eigenvalue]
    public let density: SpectralDensity?
    public let smoothed: SmoothedDensity?
    /// How many extreme eigenvalues were asked for.
    public let wanted: Int
    /// The worst loss of orthogonality of all bases.
    public let orthogonalityLoss: Double
    /// Products with the matrix, all together.
    public let products: Int
}

extension HessianAnalysis {
    /// - Parameter progress: told the products done so far; throws to stop.
    /// - Throws: `Fault` where a result cannot be had; what `progress` throws.
    public init<Element: Scalar>(
        _ linearised: LinearisedNetwork<Element>, _ configuration: HessianConfiguration,
        progress: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) throws {
        let curvature = CurvatureOperator(
            try configuration.kind.curvature(for: linearised.loss.kind), of: linearised)
        let watched = WatchedOperator(curvature, progress: progress)
        let workers = linearised.workers
        let norm = linearised.gradient().norm
        guard norm.isFinite else {
            throw Fault(
                .data, "the gradient is not finite in \(Element.precisionName) precision", at: "gradient",
                remedy: "The parameters or the inputs are too large; try --precision double")
        }
        var extremes: ExtremeEigenpairs<Element>?
        if configuration.top > 0 {
            var search = ExtremeConfiguration(
                end: configuration.end, tolerance: configuration.tolerance, maximumSteps: configuration.maximumSteps,
                seed: configuration.seed, workers: workers)
            search.basisLimit = nil
            extremes = try extremeEigenpairs(
                of: watched, count: min(configuration.top, curvature.dimension), search)
        }
        var density: SpectralDensity?
        if configuration.probes > 0 {
            let lanczos = LanczosConfiguration(
                steps: configuration.steps, reorthogonalisation: configuration.reorthogonalisation,
                probesAtOnce: min(configuration.probes, linearised.directions), workers: workers)
            density = try spectralDensity(
                of: watched,
                SpectralDensityConfiguration(
                    probes: configuration.probes, seed: configuration.seed, lanczos: lanczos))
        }
        gradientNorm = norm
        wanted = configuration.top
        eigenvalues = (extremes?.pairs ?? []).map {
            Eigenvalue(value: $0.value, residual: $0.residual, end: $0.end.rawValue, converged: $0.converged)
        }
        self.density = density
        smoothed = density?.smoothed()
        orthogonalityLoss = max(extremes?.orthogonalityLoss ?? 0, density?.orthogonalityLoss ?? 0)
        products = watched.products
    }

    /// What a reader must know before believing the numbers.
    public var warnings: [String] {
        var warnings: [String] = []
        let missed = eigenvalues.count { !$0.converged }
        if missed > 0 {
            warnings.append("\(missed) of \(eigenvalues.count) eigenvalues did not converge; see their residuals")
        }
        if eigenvalues.count < wanted {
            warnings.append(
                "\(wanted) eigenvalues were asked for and \(eigenvalues.count) found: the matrix has no more that are "
                    + "distinct, or they were not reached")
        }
        if let smoothed, abs(smoothed.mass - 1) > 1e-3 {
            warnings.append("the density sums to \(smoothed.mass) on its grid, not to 1: the grid is too coarse")
        }
        return warnings
    }
}

extension HessianConfiguration {
    /// How many probes advance together, so that their products go through as one block: as many as keep the bases
    /// within 512 MB, and the tangents on all boundaries within another, at most 8. The problem decides, not the
    /// machine, so that the result is the same everywhere.
    public func blockSize<Element: Scalar>(for network: Network<Element>, examples: Int) -> Int {
        let basis = basisBytes(for: network, length: steps)
        // The values' tangents, and the cotangents'.
        let tangents = 2 * examples * network.layers.widthOfAllBoundaries * MemoryLayout<Element>.stride
        return max(1, min(8, probes, (512 << 20) / max(1, basis), (512 << 20) / max(1, tangents)))
    }

    /// What the Krylov bases take at a time, in bytes.
    public func vectorBytes<Element: Scalar>(for network: Network<Element>, examples: Int) -> Int {
        let count = network.layout.count
        let density = probes == 0 ? 0 : blockSize(for: network, examples: examples)
        let extremes = top == 0 ? 0 : ExtremeConfiguration.basisLength(count: min(top, count), dimension: count)
        return max(
            density * basisBytes(for: network, length: steps + 2), basisBytes(for: network, length: extremes + 2))
    }

    private func basisBytes<Element: Scalar>(for network: Network<Element>, length: Int) -> Int {
        // No basis is longer than the space.
        min(length, network.layout.count) * network.layout.count * MemoryLayout<Element>.stride
    }

    /// Products that a run usually takes: the density's exactly, the extremes' by experience.
    public func expectedProducts(parameters: Int) -> Int {
        probes * min(steps, parameters) + (top > 0 ? 3 * min(top, parameters) + 20 : 0)
    }
}
