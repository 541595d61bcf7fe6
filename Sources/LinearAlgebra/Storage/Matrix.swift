/// A row-major matrix in memory that it shares with the views it was cut from; rows stand `stride` elements apart.
///
/// Like `Vector`, a view: copies name the same elements.
public struct Matrix<Element: Scalar>: @unchecked Sendable {
    let storage: Storage<Element>
    let start: UnsafeMutablePointer<Element>
    public let rows: Int
    public let columns: Int
    public let stride: Int

    /// `rows × columns` zeros.
    public init(rows: Int, columns: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix of \(rows)×\(columns)")
        storage = Storage(count: rows * columns)
        start = storage.start
        self.rows = rows
        self.columns = columns
        stride = columns
    }

    init(storage: Storage<Element>, start: UnsafeMutablePointer<Element>, rows: Int, columns: Int, stride: Int) {
        self.storage = storage
        self.start = start
        self.rows = rows
        self.columns = columns
        self.stride = stride
    }

    public subscript(row: Int, column: Int) -> Element {
        get {
            precondition(contains(row, column), "element (\(row), \(column)) of a \(rows)×\(columns) matrix")
            defer { keepAlive(self) }
            return start[row * stride + column]
        }
        nonmutating set {
            precondition(contains(row, column), "element (\(row), \(column)) of a \(rows)×\(columns) matrix")
            defer { keepAlive(self) }
            start[row * stride + column] = newValue
        }
    }

    /// One row, as a view.
    public func row(_ index: Int) -> Vector<Element> {
        precondition(index >= 0 && index < rows, "row \(index) of a \(rows)×\(columns) matrix")
        return Vector(storage: storage, start: start + index * stride, count: columns)
    }

    /// The rows `range`, as a view.
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of a \(rows)×\(columns) matrix")
        return Matrix(
            storage: storage, start: start + range.lowerBound * stride, rows: range.count, columns: columns,
            stride: stride)
    }

    /// The columns `range`, as a view.
    public func columns(_ range: Range<Int>) -> Matrix {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of a \(rows)×\(columns) matrix")
        return Matrix(
            storage: storage, start: start + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// All elements in row-major order, as a view; only for a matrix whose rows touch.
    public var elements: Vector<Element> {
        precondition(stride == columns || rows <= 1, "rows of \(columns) stand \(stride) apart, not end to end")
        return Vector(storage: storage, start: start, count: rows * columns)
    }

    /// The same numbers in the same order as rows of another length; only for a matrix whose rows touch.
    public func reshaped(columns: Int) -> Matrix {
        let count = rows * self.columns
        precondition(columns > 0 && count % columns == 0, "\(rows)×\(self.columns) numbers as rows of \(columns)")
        return elements.matrix(rows: count / columns, columns: columns)
    }

    /// The elements in row-major order, copied.
    public var array: [Element] {
        stride == columns || rows <= 1 ? elements.array : (0..<rows).flatMap { row($0).array }
    }

    /// Takes another matrix's numbers; where both share their memory there is nothing to do.
    public func assign(_ other: Matrix) {
        precondition(
            other.rows == rows && other.columns == columns,
            "a \(rows)×\(columns) matrix cannot take one of \(other.rows)×\(other.columns)")
        guard other.start != start else { return }
        for index in 0..<rows { row(index).assign(other.row(index)) }
    }

    public func fill(_ value: Element) { for index in 0..<rows { row(index).fill(value) } }

    /// self = self + factor · other
    public func add(_ factor: Element, _ other: Matrix) {
        precondition(
            other.rows == rows && other.columns == columns,
            "a \(rows)×\(columns) matrix plus one of \(other.rows)×\(other.columns)")
        for index in 0..<rows { row(index).add(factor, other.row(index)) }
    }

    /// Every row = `row`.
    public func fillRows(with row: Vector<Element>) {
        precondition(row.count == columns, "rows of \(columns) filled with a row of \(row.count)")
        defer { keepAlive(self, row) }
        Element.fillRows(start, stride, row.start, (rows, columns))
    }

    var span: MatrixSpan<Element> { MatrixSpan(start: start, rows: rows, columns: columns, stride: stride) }

    private func contains(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < rows && column >= 0 && column < columns
    }
}

extension Vector {
    /// self = beta · self + the sums of the columns of `matrix`.
    public func assign(columnSums matrix: Matrix<Element>, scaling beta: Element = 0) {
        precondition(matrix.columns == count, "the column sums of \(matrix.columns) columns in a vector of \(count)")
        defer { keepAlive(self, matrix) }
        Element.columnSums(start, beta, matrix.span)
    }
}

extension Matrix {
    /// self = otherᵀ
    public func assign(transposed other: Matrix) {
        precondition(
            other.rows == columns && other.columns == rows,
            "a \(rows)×\(columns) matrix cannot take the transpose of \(other.rows)×\(other.columns)")
        defer { keepAlive(self, other) }
        Element.transpose(start, stride, other.span)
    }
}
