public import LinearAlgebra

/// How the top subspace moves along a run: angles to the checkpoint before, to the first and to the last, and the overlap
/// of every two.
public struct SubspaceComparison: Sendable, Equatable {
    /// Angles from a checkpoint to an earlier or later one.
    public struct Pair: Sendable, Equatable {
        /// Places in the series.
        public let from: Int
        public let to: Int
        public let angles: PrincipalAngles
    }

    /// Checkpoint i against i − 1, `[n − 1]`.
    public let consecutive: [Pair]
    /// Checkpoint i > 0 against the first, `[n − 1]`.
    public let withFirst: [Pair]
    /// Checkpoint i < n − 1 against the last, `[n − 1]`.
    public let withLast: [Pair]
    /// The overlap of every two, row by row, `[n, n]`, 1 on the diagonal.
    public let overlaps: [[Double]]

    /// - Parameters:
    ///   - count: n, the checkpoints.
    ///   - bytes: how much memory their vectors may take; what is beyond is read again where it is needed.
    ///   - vectors: the orthonormal vectors at checkpoint i, `[k, P]`.
    /// - Throws: what `vectors` throws, or `FactorisationFailure`.
    /// - Complexity: n² / 2 products of k × P matrices.
    public init<Element: Scalar>(
        count: Int, within bytes: Int = 1 << 30, workers: Workers = .one,
        progress: (Int) throws -> Void = { _ in }, vectors: (Int) throws -> Matrix<Element>
    ) throws {
        var held: [Matrix<Element>] = []
        var heldBytes = 0
        for index in 0..<count where heldBytes < bytes {
            held.append(try vectors(index))
            heldBytes += held[index].rows * held[index].columns * MemoryLayout<Element>.stride
        }
        func space(_ index: Int) throws -> Matrix<Element> {
            try index < held.count ? held[index] : vectors(index)
        }
        var overlaps = [[Double]](repeating: [Double](repeating: 1, count: count), count: count)
        var (consecutive, withFirst, withLast): ([Pair], [Pair], [Pair]) = ([], [], [])
        for row in 0..<count {
            let mine = try space(row)
            for column in 0..<row {
                let theirs = try space(column)
                let angles: PrincipalAngles?
                if column == row - 1 || column == 0 || row == count - 1 {
                    angles = try PrincipalAngles(between: theirs, and: mine, workers: workers)
                } else {
                    angles = nil
                }
                let overlap = angles?.overlap ?? PrincipalAngles.overlap(theirs, mine, workers: workers)
                overlaps[row][column] = overlap
                overlaps[column][row] = overlap
                guard let angles else { continue }
                if column == row - 1 { consecutive.append(Pair(from: column, to: row, angles: angles)) }
                if column == 0 { withFirst.append(Pair(from: 0, to: row, angles: angles)) }
                if row == count - 1 { withLast.append(Pair(from: column, to: row, angles: angles)) }
            }
            try progress(row + 1)
        }
        self.consecutive = consecutive
        self.withFirst = withFirst
        self.withLast = withLast
        self.overlaps = overlaps
    }
}
