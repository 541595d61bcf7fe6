import Files
public import Krylov
public import LinearAlgebra
import Networks

/// The loss on a line or plane through a point: ℓ(θ + α d₁) or ℓ(θ + α d₁ + β d₂) on a grid.
///
/// Running statistics and vectors of spectral norms stay those of θ.
///
/// Source: Li et al. 2018, "Visualizing the loss landscape of neural nets", section 3.
public struct LossSurface: Sendable {
    /// What is known of a direction.
    public struct DirectionFacts: Sendable, Encodable {
        public let origin: String
        /// ‖d‖, in parameter space: one unit of the coordinate.
        public let norm: Double
        public let eigenvalue: Double?
        public let residual: Double?
    }

    /// α, then β where there is one.
    public let coordinates: [[Double]]
    public let directions: [DirectionFacts]
    /// ⟨d₁, d₂⟩ / ‖d₁‖‖d₂‖; nil for a line.
    public let cosine: Double?
    /// Row by row, `[β, α]` or `[α]`.
    public let values: SweepResult
    /// ℓ(θ) by the surface's own way, at coordinates 0.
    public let centre: Double
    /// ℓ(θ) by forward passes at θ alone, which share nothing with the surface.
    public let expectedCentre: Double
    /// The largest |ℓ − ℓ′| / |ℓ′| over the grid's corners, ℓ′ being computed at the parameters themselves: what
    /// summing the first layers' outputs instead of their weights costs in rounding. Nil where no corner's loss is
    /// finite.
    public let cornerDifference: Double?

    public var isPartial: Bool { values.isPartial }
}

extension LossSurface {
    /// Evaluates the surface.
    ///
    /// - Parameters:
    ///   - directions: one or two.
    ///   - axes: as many.
    ///   - control: see `PointSweep`.
    ///   - progress: told how many points of the grid are done.
    /// - Throws: `Fault` of kind `data` where the loss at θ is no number or the memory too little; what `control` and
    ///   `progress` throw.
    /// - Complexity: see `SpanEvaluation`; 1 + corners points more, some of which are computed whole.
    public init<Element: Scalar>(
        _ problem: Problem<Element>, along directions: [SurfaceDirection<Element>], axes: [SurfaceAxis],
        control: RunControl<Double> = RunControl(), progress: (Int) throws -> Void = { _ in }
    ) throws {
        precondition(
            (1...2).contains(directions.count) && axes.count == directions.count,
            "\(directions.count) directions on \(axes.count) axes")
        let span = ParameterSpan([problem.parameters], along: directions.map(\.vector))
        let evaluation = try problem.evaluation(over: span)
        let coordinates = axes.map { $0.coordinates(in: Element.self) }
        let points = Self.points(coordinates)
        centre = evaluation.values(at: [span.origin])[0].loss
        expectedCentre = try problem.loss(at: problem.parameters)
        guard expectedCentre.isFinite else {
            throw Fault(
                .data, "the loss is \(expectedCentre)", at: problem.path,
                remedy: "The parameters have diverged or the inputs are too large; try --precision double")
        }
        values = try PointSweep(evaluation, at: points).run(control, progress: progress)
        cornerDifference = try Self.cornerDifference(
            evaluation, Self.points(coordinates.map { [$0[0], $0[$0.count - 1]] }), problem)
        self.coordinates = coordinates
        self.directions = directions.map {
            DirectionFacts(
                origin: $0.origin, norm: $0.vector.norm, eigenvalue: $0.eigenvalue?.value,
                residual: $0.eigenvalue?.residual)
        }
        cosine = directions.count > 1 ? directions[0].cosine(with: directions[1]) : nil
    }

    /// All points of the grid, the first coordinate running fastest, as coordinates of the span.
    static func points(_ coordinates: [[Double]]) -> [[Double]] {
        guard coordinates.count > 1 else { return coordinates[0].map { [1, $0] } }
        return coordinates[1].flatMap { beta in coordinates[0].map { [1, $0, beta] } }
    }

    private static func cornerDifference<Element: Scalar>(
        _ evaluation: SpanEvaluation<Element>, _ corners: [[Double]], _ problem: Problem<Element>
    ) throws(Fault) -> Double? {
        let direct = try problem.evaluation(over: evaluation.span, sumsFirstLayers: false).values(at: corners)
        return zip(evaluation.values(at: corners), direct)
            .filter { $0.loss.isFinite && $1.loss.isFinite }
            .map { abs($0.loss - $1.loss) / max(abs($1.loss), .leastNormalMagnitude) }.max()
    }

    /// What a reader must know before believing the numbers.
    public var warnings: [String] {
        var warnings: [String] = []
        if values.notFinite > 0 {
            warnings.append("\(values.notFinite) points have no finite loss; they are null")
        }
        if values.isPartial {
            warnings.append("\(values.losses.count) of \(values.wanted) points were computed; the rest are null")
        }
        for fact in directions where fact.norm == 0 { warnings.append("a direction is 0 everywhere: \(fact.origin)") }
        return warnings + certificates.warnings
    }

    /// Evidence that the surface is that of the network.
    public var certificates: Certificates {
        var list = [
            Certificate(
                "centre", value: abs(centre - expectedCentre), limit: 0,
                meaning: "the surface's centre is the checkpoint's loss to the bit",
                method: "|ℓ by the surface's way − ℓ by forward passes at the checkpoint alone|")
        ]
        if let cornerDifference {
            list.append(
                Certificate(
                    "corners", value: cornerDifference, limit: 1e-3,
                    meaning: "summing the first layers' outputs instead of their weights rounds little",
                    method: "the largest relative difference of the loss at a corner from forward passes there; limit: "
                        + "less than a line in a figure shows"))
        }
        return Certificates(list)
    }
}
