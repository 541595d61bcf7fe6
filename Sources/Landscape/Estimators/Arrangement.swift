public import Files
public import LinearAlgebra

/// The order in which examples stand in a picture of their gradients' covariance.
public struct Arrangement: Sendable, Equatable {
    /// What decides the order.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// By clusters of similar gradients (Lyle et al. 2023).
        case kmeans
        /// By class.
        case label
        /// As they were drawn.
        case none
    }

    /// Clusters, after the number of states of the paper's environments.
    public static let clusterCount = 10

    public let kind: Kind
    /// The examples in their new order, `[n]`.
    public let order: [Int]
    /// Consecutive examples that belong together; nil where there are no groups.
    public let groupSizes: [Int]?

    /// - Parameters:
    ///   - labels: the examples' classes, `[n]`, if they have any.
    /// - Throws: `Fault` of kind `usage` when the examples are to be ordered by classes that they do not have.
    public init<Element: Scalar>(
        _ kind: Kind, of matrix: Matrix<Element>, labels: [Int]?, seed: UInt64
    ) throws(Fault) {
        self.kind = kind
        switch kind {
        case .kmeans:
            let clusters = SimilarityClusters(of: matrix, count: Self.clusterCount, seed: seed)
            order = clusters.order
            groupSizes = clusters.sizes
        case .label:
            guard let labels else {
                throw Fault(
                    .usage, "the examples have no labels to be ordered by", at: "--order",
                    remedy: "Take kmeans or none")
            }
            order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
            groupSizes = Set(labels).sorted().map { label in labels.count { $0 == label } }
        case .none:
            order = Array(0..<matrix.rows)
            groupSizes = nil
        }
    }

    /// The matrix with rows and columns in this order, `[n, n]`.
    public func applied<Element: Scalar>(to matrix: Matrix<Element>) -> Matrix<Element> {
        let rows = Matrix<Element>(rows: matrix.rows, columns: matrix.columns)
        let turned = Matrix<Element>(rows: matrix.rows, columns: matrix.columns)
        // The matrix is symmetric: rows picked, turned, and rows picked again are rows and columns in the new order.
        for (row, example) in order.enumerated() { rows.row(row).assign(matrix.row(example)) }
        turned.assign(transposed: rows)
        let result = Matrix<Element>(rows: matrix.rows, columns: matrix.columns)
        for (row, example) in order.enumerated() { result.row(row).assign(turned.row(example)) }
        return result
    }
}
