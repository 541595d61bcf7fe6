public import LinearAlgebra

extension CrossEntropy {
    public func selecting<Other: Scalar>(_ rows: [Int], in precision: Other.Type) -> any Loss<Other> {
        CrossEntropy<Other>(labels: rows.map { labels[$0] })
    }
}

extension SquaredError {
    public func selecting<Other: Scalar>(_ rows: [Int], in precision: Other.Type) -> any Loss<Other> {
        SquaredError<Other>(targets: targets.selecting(rows, in: precision), kind: kind)
    }
}

extension Huber {
    public func selecting<Other: Scalar>(_ rows: [Int], in precision: Other.Type) -> any Loss<Other> {
        Huber<Other>(targets: targets.selecting(rows, in: precision), threshold: threshold)
    }
}

extension Matrix {
    /// Some of the rows, in the order asked for, in another precision; in memory of their own.
    public func selecting<Other: Scalar>(_ rows: [Int], in precision: Other.Type) -> Matrix<Other> {
        let result = Matrix<Other>(rows: rows.count, columns: columns)
        for (index, row) in rows.enumerated() { result.row(index).assign(Vector<Other>(converting: self.row(row))) }
        return result
    }
}
