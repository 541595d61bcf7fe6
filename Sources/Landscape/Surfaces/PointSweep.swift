public import Files
public import Krylov
public import LinearAlgebra
public import Networks

/// The loss at each of a list of points, as far as it was computed.
public struct SweepResult: Sendable, Equatable {
    /// How many points were asked for.
    public let wanted: Int
    /// Of the first points, in their order; NaN or infinite where the loss is no number.
    public let losses: [Double]
    /// How many examples were right at each; nil without labels.
    public let correct: [Int]?

    /// Whether the run was ended before the last point.
    public var isPartial: Bool { losses.count < wanted }

    /// The loss at a point; nil where it was not computed, or is no number.
    public subscript(point: Int) -> Double? {
        point < losses.count && losses[point].isFinite ? losses[point] : nil
    }

    /// Points that were computed and whose loss is no number.
    public var notFinite: Int { losses.count { !$0.isFinite } }
}

/// A long run of forward passes: the loss at one point of a span after another, in batches.
///
/// A point's loss depends on nothing but the point. So a run that was killed goes on to the same bytes from the losses
/// that it kept, whatever the batches were.
public struct PointSweep<Element: Scalar>: Sendable {
    public let evaluation: SpanEvaluation<Element>
    /// In the span of the evaluation, `[points, coordinates]`.
    public let points: [[Double]]

    /// What a batch should take: often enough to hear an interrupt, seldom enough to keep all workers busy.
    private static var batchSeconds: Double { 1 }

    public init(_ evaluation: SpanEvaluation<Element>, at points: [[Double]]) {
        self.evaluation = evaluation
        self.points = points
    }

    /// - Parameters:
    ///   - control: offered the losses so far after each batch.
    ///   - progress: told how many points are done.
    /// - Throws: `Fault` of kind `data` for a snapshot that is none of this run; what `control` and `progress` throw.
    public func run(
        _ control: RunControl<Double> = RunControl(), progress: (Int) throws -> Void = { _ in }
    ) throws -> SweepResult {
        var (losses, correct) = try resumed(control.resumed)
        try progress(losses.count)
        let clock = ContinuousClock()
        var batch = 4 * evaluation.pointsAtOnce
        while losses.count < points.count {
            let next = losses.count..<min(points.count, losses.count + batch)
            let start = clock.now
            let values = evaluation.values(at: Array(points[next]))
            let seconds = max(1e-6, start.duration(to: clock.now) / .seconds(1))
            losses += values.map(\.loss)
            correct += values.compactMap(\.correct)
            try progress(losses.count)
            let (made, counts) = (losses, correct)
            try control.offer {
                Snapshot(numbers: [
                    "losses": made, "correct": counts.map { Double($0) }, "points": [Double(points.count)],
                ])
            }
            if losses.count == points.count || control.isOver() { break }
            let ideal = Double(next.count) * Self.batchSeconds / seconds
            batch = max(evaluation.pointsAtOnce, min(4 * batch, Int(min(ideal, 1e6))))
        }
        return SweepResult(
            wanted: points.count, losses: losses, correct: correct.count == losses.count ? correct : nil)
    }

    private func resumed(_ snapshot: Snapshot<Double>?) throws(Fault) -> (losses: [Double], correct: [Int]) {
        guard let snapshot else { return ([], []) }
        guard let losses = snapshot.numbers["losses"], let correct = snapshot.numbers["correct"],
            snapshot.numbers["points"] == [Double(points.count)], losses.count <= points.count,
            correct.isEmpty || correct.count == losses.count
        else { throw Fault(.data, "is no snapshot of these \(points.count) points", at: "snapshot") }
        return (losses, correct.map { Int($0) })
    }
}

extension Problem {
    /// The loss of this problem over a line or plane of parameters.
    ///
    /// - Parameter sumsFirstLayers: see `SpanConfiguration`.
    /// - Throws: `Fault` of kind `data` where the memory is too little.
    public func evaluation(
        over span: ParameterSpan<Element>, sumsFirstLayers: Bool = true
    ) throws(Fault) -> SpanEvaluation<Element> {
        let vectors = (span.coordinateCount + 1) * parameters.vector.count + inputs.rows * inputs.columns
        do throws(Fault) {
            return try SpanEvaluation(
                network, over: span, inputs: inputs, loss: loss, labels: countableLabels,
                SpanConfiguration(
                    mode: mode, memoryLimit: memoryLimit.map { $0 - vectors * MemoryLayout<Element>.stride },
                    sumsFirstLayers: sumsFirstLayers, workers: workers))
        } catch {
            throw error.within(path)
        }
    }

    /// The loss at one point, by forward passes at its own parameters.
    public func loss(at parameters: Parameters<Element>) throws(Fault) -> Double {
        let span = ParameterSpan([parameters])
        return try evaluation(over: span, sumsFirstLayers: false).values(at: [span.origin])[0].loss
    }

    /// The labels where each is one of the outputs.
    private var countableLabels: [Int]? {
        guard let labels, loss.kind != .twoHot, labels.allSatisfy({ (0..<network.outputCount).contains($0) }) else {
            return nil
        }
        return labels
    }
}
