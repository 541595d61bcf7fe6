public import Krylov
public import LinearAlgebra
public import Networks

/// The loss on the straight line between two checkpoints: ℓ((1 − t) θ_A + t θ_B) for t from 0 to 1.
///
/// Both ends are the checkpoints themselves, to the bit. Running statistics are interpolated like parameters, as
/// Frankle et al. leave open: with those of one end alone the other would not be its checkpoint.
public struct LossInterpolation: Sendable {
    /// t, ascending from 0 to 1.
    public let positions: [Double]
    public let values: SweepResult
    /// ‖θ_B − θ_A‖.
    public let distance: Double
    /// The losses of the two checkpoints by forward passes at each alone, which share nothing with the line.
    public let expectedEnds: [Double]

    public var isPartial: Bool { values.isPartial }

    /// Evaluates the line.
    ///
    /// - Parameters:
    ///   - points: 3 at least, both ends among them.
    ///   - control: see `PointSweep`.
    /// - Throws: `Fault` of kind `data` where the memory is too little; what `control` and `progress` throw.
    public init<Element: Scalar>(
        _ problem: Problem<Element>, to other: Parameters<Element>, points: Int = 41,
        control: RunControl<Double> = RunControl(), progress: (Int) throws -> Void = { _ in }
    ) throws {
        precondition(points >= 3, "\(points) points of a line")
        let evaluation = try problem.evaluation(over: ParameterSpan([problem.parameters, other]))
        let positions = SurfaceAxis(low: 0, high: 1, points: points).coordinates(in: Element.self)
        values = try PointSweep(evaluation, at: positions.map { [1 - $0, $0] }).run(control, progress: progress)
        self.positions = positions
        expectedEnds = [try problem.loss(at: problem.parameters), try problem.loss(at: other)]
        distance = problem.difference(to: other, named: "").vector.norm
    }
}

/// What is read off the line; nil while the far end has not been computed, or where an end is no number.
extension LossInterpolation {
    /// A barrier: how high, and where.
    public struct Barrier: Sendable, Equatable, Encodable {
        public let height: Double
        public let position: Double
    }

    private var ends: (a: Double, b: Double)? {
        guard let a = values[0], let b = values[positions.count - 1] else { return nil }
        return (a, b)
    }

    /// maxₜ ℓ(t) − [(1 − t) ℓ(0) + t ℓ(1)] over the computed points: how far the loss rises above its own straight
    /// line. 0 at the ends, so never negative.
    ///
    /// Source: Entezari et al. 2022, "The role of permutation invariance in linear mode connectivity of neural
    /// networks", section 2.
    public var barrier: Barrier? {
        ends.flatMap { ends in highest { $0 - ((1 - $1) * ends.a + $1 * ends.b) } }
    }

    /// maxₜ ℓ(t) − [ℓ(0) + ℓ(1)]/2: the height above the ends' mean, which for unequal ends is more than the barrier.
    ///
    /// Source: Frankle et al. 2020, "Linear mode connectivity and the lottery ticket hypothesis", section 2, who
    /// measure the error in place of the loss.
    public var heightOverMean: Barrier? {
        ends.flatMap { ends in highest { loss, _ in loss - (ends.a + ends.b) / 2 } }
    }

    private func highest(_ height: (Double, Double) -> Double) -> Barrier? {
        positions.indices.compactMap { index in
            values[index].map { Barrier(height: height($0, positions[index]), position: positions[index]) }
        }.max { $0.height < $1.height }
    }

    /// Evidence that the line is that between the checkpoints. An end that was not computed, or has no finite loss, says
    /// nothing.
    public var certificates: Certificates {
        let found = [values[0], values[positions.count - 1]]
        let differences = zip(found, expectedEnds).compactMap { end, expected in
            end.map { abs($0 - expected) / max(abs(expected), .leastNormalMagnitude) }
        }
        return Certificates([
            Certificate(
                "ends", value: differences.max() ?? 0, limit: 1e-3, meaning: "the line's ends are the checkpoints",
                method:
                    "the largest relative difference of an end's loss from forward passes at the checkpoint; limit: "
                    + "less than a line in a figure shows")
        ])
    }

    public var warnings: [String] {
        var warnings: [String] = []
        if values.notFinite > 0 {
            warnings.append("\(values.notFinite) points have no finite loss; they are null, and not in the barrier")
        }
        if values.isPartial {
            warnings.append("\(values.losses.count) of \(values.wanted) points were computed; the rest are null")
        }
        return warnings + certificates.warnings
    }
}
