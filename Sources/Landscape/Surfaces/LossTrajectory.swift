public import Krylov
public import LinearAlgebra
public import Networks

/// A trajectory of checkpoints in its principal plane: the loss on the plane, and the loss on the path itself.
///
/// The contours that such a picture shows under the path are the plane's; the network was never there. So the loss at
/// every checkpoint stands beside that of its projection, and their difference is what the picture hides.
///
/// One loss throughout, the last checkpoint's: for an agent its transitions and its target network. At a checkpoint its
/// own running statistics are used, on the plane those of the last one.
public struct LossTrajectory: Sendable {
    /// A checkpoint on the path.
    public struct Stop: Sendable, Encodable {
        public let checkpoint: String
        public let step: Int?
        /// Coordinates in the plane.
        public let position: [Double]
        /// How far the checkpoint is from the plane.
        public let distance: Double
        /// ℓ at the checkpoint; nil where it is no number.
        public let loss: Double?
        /// ℓ at its projection onto the plane; nil where it is no number.
        public let projectedLoss: Double?

        /// ℓ at the projection less ℓ at the checkpoint.
        public var difference: Double? {
            guard let loss, let projectedLoss else { return nil }
            return projectedLoss - loss
        }

        enum CodingKeys: String, CodingKey {
            case checkpoint, step, position, distance, loss
            case projectedLoss = "projected_loss"
        }
    }

    public let surface: LossSurface
    public let stops: [Stop]
    /// σ² / Σ σ² of every principal direction, largest first.
    public let explained: [Double]
    public let isCentred: Bool

    /// Checkpoints with the steps that they were saved at, in their order; the last one is the problem's own point.
    public struct Path<Element: Scalar>: Sendable {
        public var names: [String]
        public var steps: [Int?]
        public var parameters: [Parameters<Element>]

        public init(names: [String], steps: [Int?], parameters: [Parameters<Element>]) {
            self.names = names
            self.steps = steps
            self.parameters = parameters
        }
    }

    /// - Parameters:
    ///   - points: of each axis; the axes hold the path with a fifth of its extent around it.
    ///   - control: of the surface, see `PointSweep`.
    /// - Throws: as `TrajectoryPlane` and `LossSurface`.
    public init<Element: Scalar>(
        _ problem: Problem<Element>, path: Path<Element>, plane: TrajectoryPlane<Element>, points: Int = 25,
        control: RunControl<Double> = RunControl(), progress: (Int) throws -> Void = { _ in }
    ) throws {
        let axes = (0..<2).map { axis in Self.axis(around: plane.projections.map { $0[axis] }, points) }
        surface = try LossSurface(
            problem, along: plane.directions, axes: axes, control: control, progress: progress)
        let span = ParameterSpan([problem.parameters], along: plane.directions.map(\.vector))
        let projected = try problem.evaluation(over: span).values(at: plane.projections.map { [1] + $0 })
        stops = try path.parameters.enumerated().map { index, parameters in
            let loss = try problem.loss(at: parameters)
            return Stop(
                checkpoint: path.names[index], step: path.steps[index], position: plane.projections[index],
                distance: plane.distances[index], loss: loss.isFinite ? loss : nil,
                projectedLoss: projected[index].loss.isFinite ? projected[index].loss : nil)
        }
        explained = plane.explained
        isCentred = plane.isCentred
    }

    /// The path's extent with a fifth of it on both sides.
    private static func axis(around places: [Double], _ points: Int) -> SurfaceAxis {
        let (low, high) = (places.min() ?? 0, places.max() ?? 0)
        let air = max(0.2 * (high - low), .leastNormalMagnitude)
        return SurfaceAxis(low: low - air, high: high + air, points: points)
    }

    public var warnings: [String] {
        let lost = stops.count { $0.loss == nil || $0.projectedLoss == nil }
        return surface.warnings
            + (lost > 0 ? ["\(lost) checkpoints or their projections have no finite loss; they are null"] : [])
    }
}
