/// The body of `landscape interpolate`'s document.
public struct InterpolationReport: Encodable, Sendable {
    /// The checkpoint at t = 1.
    public let to: String
    /// ‖θ_B − θ_A‖.
    public let distance: Double
    public let positions: [Double]
    /// nil where it is not known.
    public let losses: [Double?]
    /// The share of right examples; absent without labels.
    public let accuracies: [Double?]?
    public let barrier: LossInterpolation.Barrier?
    public let heightOverMean: LossInterpolation.Barrier?
    public let certificates: Certificates

    enum CodingKeys: String, CodingKey {
        case to, distance, positions, losses, accuracies, barrier, certificates
        case heightOverMean = "height_over_mean"
    }

    public init(_ line: LossInterpolation, to: String, examples: Int) {
        self.to = to
        distance = line.distance
        positions = line.positions
        losses = line.positions.indices.map { line.values[$0] }
        accuracies = line.values.correct.map { correct in
            line.positions.indices.map {
                $0 < correct.count && line.values[$0] != nil ? Double(correct[$0]) / Double(examples) : nil
            }
        }
        barrier = line.barrier
        heightOverMean = line.heightOverMean
        certificates = line.certificates
    }
}

/// The body of `landscape trajectory`'s document: that of a surface, and the path on it.
public struct TrajectoryReport: Encodable, Sendable {
    public let surface: SurfaceReport
    public let path: [LossTrajectory.Stop]
    /// σ² / Σ σ² of every principal direction, largest first.
    public let explained: [Double]
    public let centred: Bool

    enum CodingKeys: String, CodingKey {
        case path, centred
        case explained = "explained_variance"
    }

    public init(_ trajectory: LossTrajectory, examples: Int) {
        surface = SurfaceReport(trajectory.surface, examples: examples)
        path = trajectory.stops
        explained = trajectory.explained
        centred = trajectory.isCentred
    }

    public func encode(to encoder: any Encoder) throws {
        try surface.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(explained, forKey: .explained)
        try container.encode(centred, forKey: .centred)
    }
}
