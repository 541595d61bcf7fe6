import CElementwise

/// Normalisation as `RowNormalisation`, of a block of rows that shares statistics in groups of adjacent columns: the
/// positions of an image whose channels touch, or (for batch normalisation) those of all images together.
///
/// Matrices are `[rows, columns]`, views of some columns included. Beside them, of each of the `groups` groups,
/// `statistics`, `[5, groups]`: μ in two parts, ρ, ⟨g⟩, ⟨g x̂⟩; of each column `sums`, `[2, columns]`: Σ δy, Σ δy x̂, the
/// gradients of β and γ; and both of the tangents.
public struct ChannelNormalisation<Element: Scalar>: Sendable {
    public static var statisticsCount: Int { 5 }
    public static var tangentStatisticsCount: Int { 2 }
    public static var sumsCount: Int { 2 }
    /// Numbers of a block of rows that one task takes.
    private static var blockSize: Int { 1 << 15 }

    private let x: Matrix<Element>
    private let statistics: Matrix<Element>
    private let gamma: Vector<Element>
    /// Whether the statistics are given and do not depend on x.
    private let hasConstantStatistics: Bool
    private let scratch: Scratch<Double>
    private let workers: Workers?

    /// - Parameters:
    ///   - scratch: memory for sums.
    ///   - workers: who share the rows, which are then cut into blocks; nil to take them whole.
    public init(
        _ x: Matrix<Element>, statistics: Matrix<Element>, areConstant: Bool = false, gamma: Vector<Element>,
        scratch: Scratch<Double>, workers: Workers? = nil
    ) {
        precondition(
            gamma.count == x.columns && statistics.rows == Self.statisticsCount && statistics.columns > 0
                && x.columns % statistics.columns == 0,
            "\(x.columns) columns normalised in \(statistics.columns) groups with \(gamma.count) scales")
        self.x = x
        self.statistics = statistics
        self.gamma = gamma
        hasConstantStatistics = areConstant
        self.scratch = scratch
        self.workers = workers
    }

    /// y, and μ and ρ where these are not constant.
    ///
    /// - Parameter running: running statistics that move towards these: r ← r + momentum · (s − r), with the unbiased
    ///   variance; each column must be a group of its own.
    public func forward(
        beta: Vector<Element>, epsilon: Double, running: RunningStatistics<Element>? = nil, into y: Matrix<Element>
    ) {
        check(y)
        check(beta)
        if let running {
            precondition(statistics.columns == x.columns, "running statistics are those of single columns")

            check(y)
            check(running.mean)
            check(running.variance)
        }
        defer { keepAlive(self, beta, running?.mean, running?.variance, y) }
        run(.forward, output: y) { call in
            call.beta = UnsafePointer(beta.start)
            call.size.epsilon = epsilon
            call.runningMean = running?.mean.start
            call.runningVariance = running?.variance.start
            call.size.momentum = running?.momentum ?? 0
        }
    }

    /// δx and `sums`, and ⟨g⟩ and ⟨g x̂⟩.
    ///
    /// - Parameter dx: nil where it is not wanted.
    public func backward(_ dy: Matrix<Element>, sums: Matrix<Element>, into dx: Matrix<Element>?) {
        check(dy)
        check(sums: sums)
        defer { keepAlive(self, dy, sums, dx) }
        run(.backward, output: dx) { call in
            call.cotangent = UnsafePointer(dy.start)
            call.sums = sums.start
            call.size.sums_stride = sums.stride
        }
    }

    /// ẏ and the tangents' statistics.
    public func forwardTangent(
        _ tangent: Tangent, gamma gammaTangent: Vector<Element>, beta: Vector<Element>, into result: Matrix<Element>
    ) {

        check(result)
        check(gammaTangent)
        check(beta)
        defer { keepAlive(self, tangent, gammaTangent, beta, result) }
        run(.forwardTangent, output: result) { call in
            set(&call, tangent)
            call.gammaTangent = UnsafePointer(gammaTangent.start)
            call.betaTangent = UnsafePointer(beta.start)
        }
    }

    /// δ̇x and the tangents' sums.
    ///
    /// - Parameters:
    ///   - second: what the terms of second order are made of: δy, its sums, γ̇; nil to leave them out.
    ///   - sums: of the tangents, written.
    ///   - result: nil where it is not wanted.
    public func backwardTangent(
        _ cotangentTangent: Matrix<Element>, along tangent: Tangent,
        second: (dy: Matrix<Element>, sums: Matrix<Element>, gamma: Vector<Element>)?, sums: Matrix<Element>,
        into result: Matrix<Element>?
    ) {
        check(cotangentTangent)
        check(sums: sums)
        defer { keepAlive(self, cotangentTangent, tangent, sums, result) }
        defer { keepAlive(second?.dy, second?.sums, second?.gamma) }
        run(.backwardTangent, output: result) { call in
            call.cotangentTangent = UnsafePointer(cotangentTangent.start)
            call.tangentSums = sums.start
            call.size.sums_stride = sums.stride
            set(&call, tangent)
            guard let second else { return }
            check(second.dy)
            check(second.gamma)
            check(sums: second.sums)
            precondition(second.sums.stride == sums.stride, "sums that lie differently")
            call.cotangent = UnsafePointer(second.dy.start)
            call.sums = second.sums.start
            call.gammaTangent = UnsafePointer(second.gamma.start)
        }
    }

    /// ẋ of one direction, nil where x is constant, and memory for its statistics, `[2, groups]`.
    public struct Tangent: Sendable {
        let values: Matrix<Element>?
        let statistics: Matrix<Element>

        public init(_ values: Matrix<Element>?, statistics: Matrix<Element>) {
            self.values = values
            self.statistics = statistics
        }
    }

    private func run(
        _ pass: NormalisationPass, output: Matrix<Element>?, _ set: (inout NormalisationCall<Element>) -> Void
    ) {
        if let output { check(output) }
        let length = workers == nil ? x.rows : max(1, Self.blockSize / x.columns)
        let blocks = (x.rows + length - 1) / length
        let rows = x.rows
        scratch.withMatrix(rows: 3 * blocks, columns: x.columns) { work in
            var call = NormalisationCall<Element>(
                size: .init(
                    rows: x.rows, columns: x.columns, stride: x.stride, group: x.columns / statistics.columns,
                    statistics_stride: statistics.stride, sums_stride: 0, epsilon: 0, momentum: 0,
                    is_constant: hasConstantStatistics ? 1 : 0))
            call.x = UnsafePointer(x.start)
            call.gamma = UnsafePointer(gamma.start)
            call.statistics = statistics.start
            call.output = output?.start
            call.work = work.start
            set(&call)
            let shared = call
            (workers ?? .one).forEach(blocks) { block in
                var call = shared
                call.work = work.rows(3 * block..<3 * block + 3).start
                Element.sumChannels(pass, call, block * length..<min(rows, (block + 1) * length))
            }
            for block in 1..<max(1, blocks) {
                work.rows(0..<3).elements.add(1, work.rows(3 * block..<3 * block + 3).elements)
            }
            Element.finishChannels(pass, shared)
            guard output != nil else { return }
            (workers ?? .one).forEach(blocks) { block in
                Element.combineChannels(pass, shared, block * length..<min(rows, (block + 1) * length))
            }
        }
    }

    private func set(_ call: inout NormalisationCall<Element>, _ tangent: Tangent) {
        precondition(
            tangent.statistics.rows == Self.tangentStatisticsCount
                && tangent.statistics.columns == statistics.columns && tangent.statistics.stride == statistics.stride,
            "statistics of tangents that lie differently")
        if let values = tangent.values { check(values) }
        call.tangent = tangent.values.map { UnsafePointer($0.start) }
        call.tangentStatistics = tangent.statistics.start
    }

    private func check(_ matrix: Matrix<Element>) {
        precondition(
            matrix.rows == x.rows && matrix.columns == x.columns && (matrix.stride == x.stride || x.rows <= 1),
            "\(x.rows)×\(x.columns) numbers are normalised with a matrix of \(matrix.rows)×\(matrix.columns)")
    }

    private func check(_ vector: Vector<Element>) {
        precondition(vector.count == x.columns, "\(x.columns) columns are normalised with \(vector.count) numbers")
    }

    private func check(sums: Matrix<Element>) {
        precondition(
            sums.rows == Self.sumsCount && sums.columns == x.columns,
            "\(sums.rows)×\(sums.columns) sums of \(x.columns) columns")
    }
}

/// Means and variances that follow those of one batch after another.
public struct RunningStatistics<Element: Scalar>: Sendable {
    let mean: Vector<Element>
    let variance: Vector<Element>
    let momentum: Double

    public init(mean: Vector<Element>, variance: Vector<Element>, momentum: Double) {
        self.mean = mean
        self.variance = variance
        self.momentum = momentum
    }
}
