import CElementwise

extension WindowPlan {
    /// How many numbers a matrix of `rows × columns` takes packed: its columns filled up to whole lines of the cache.
    public static func packedCount<Element: Scalar>(_ type: Element.Type, rows: Int, columns: Int) -> Int {
        let line = Int(WINDOW_VECTOR_BYTES) / MemoryLayout<Element>.stride
        return rows * ((columns + line - 1) / line * line)
    }
}

extension Vector {
    /// The transpose of `matrix`, packed for products with windows: in panels of columns, filled up with zeros.
    public func assign(packedTranspose matrix: Matrix<Element>) {
        pack(matrix, at: 0, of: matrix.columns, transposed: true)
    }

    /// `matrix`, packed at row `row` of a packed matrix of `rows` rows.
    public func assign(packed matrix: Matrix<Element>, at row: Int, of rows: Int) {
        pack(matrix, at: row, of: rows, transposed: false)
    }

    private func pack(_ matrix: Matrix<Element>, at row: Int, of rows: Int, transposed: Bool) {
        let size = transposed ? (rows: matrix.columns, columns: matrix.rows) : (matrix.rows, matrix.columns)
        precondition(
            row >= 0 && row + size.rows <= rows
                && count == WindowPlan.packedCount(Element.self, rows: rows, columns: size.columns),
            "rows from \(row) on of \(rows)×\(size.columns), packed in a vector of \(count)")
        defer { keepAlive(self, matrix) }
        // The panels of a matrix are equally wide but for the last, so each is packed by itself.
        let panel = Int(WINDOW_PANEL_BYTES) / MemoryLayout<Element>.stride
        for first in Swift.stride(from: 0, to: size.columns, by: panel) {
            let columns = min(panel, size.columns - first)
            let width = WindowPlan.packedCount(Element.self, rows: 1, columns: columns)
            Element.windowPack(
                start + first * rows + row * width,
                StridedSpan(
                    start: matrix.start + first * (transposed ? matrix.stride : 1), rows: size.rows,
                    rowStep: transposed ? 1 : matrix.stride, columns: columns,
                    columnStep: transposed ? matrix.stride : 1))
        }
    }
}

extension Matrix {
    /// self += what `plan`'s windows see of `source`, as rows, times a packed matrix.
    ///
    /// - Parameters:
    ///   - source: `[examples, numbers of the source]`; self is `[examples, numbers of the target]`.
    public func add(windows source: Matrix, times packed: Vector<Element>, _ plan: WindowPlan) {
        multiply(source, packed, plan, .present)
    }

    /// self = `row` at every position, or 0, + what `plan`'s windows see of `source`, as rows, times a packed matrix.
    public func assign(
        windows source: Matrix, times packed: Vector<Element>, _ plan: WindowPlan, plus row: Vector<Element>? = nil
    ) {
        precondition((row?.count ?? plan.columns) == plan.columns, "a row of another length than \(plan.columns)")
        defer { if let row { keepAlive(row) } }
        multiply(source, packed, plan, .row(row.map { UnsafePointer($0.start) }))
    }

    private func multiply(
        _ source: Matrix, _ packed: Vector<Element>, _ plan: WindowPlan, _ before: WindowStart<Element>
    ) {
        precondition(
            packed.count == WindowPlan.packedCount(Element.self, rows: plan.rows, columns: plan.columns),
            "a packed matrix of \(packed.count) numbers for \(plan.rows)×\(plan.columns)")
        checkShapes(source, target: self, plan)
        defer { keepAlive(self, source, packed) }
        plan.withTables(examples: rows) {
            Element.windowMultiply(
                WindowCall(result: start, source: source.start, other: packed.start, plan: $0, size: $1), before)
        }
    }

    /// self += the transpose of what `plan`'s windows see of `source`, as rows, times the columns `range` of the targets
    /// `target`: self is `[rows of the plan, range.count]`.
    public func add(correlating source: Matrix, with target: Matrix, columns range: Range<Int>, _ plan: WindowPlan) {
        precondition(
            rows == plan.rows && columns == range.count && stride == columns && range.lowerBound >= 0
                && range.upperBound <= plan.columns,
            "a \(rows)×\(columns) matrix for columns \(range) of a correlation of \(plan.rows)×\(plan.columns)")
        checkShapes(source, target: target, plan)
        defer { keepAlive(self, source, target) }
        plan.withTables(examples: source.rows, columns: columns) {
            Element.windowCorrelate(
                WindowCall(
                    result: start, source: source.start, other: target.start + range.lowerBound, plan: $0, size: $1))
        }
    }

    /// Each row = what a window of `plan` sees of `source`, position after position, example after example.
    public func assign(windows source: Matrix, _ plan: WindowPlan) {
        precondition(
            rows == source.rows * plan.positions && columns == plan.rows && stride == columns,
            "\(rows)×\(columns) numbers for \(source.rows * plan.positions) windows of \(plan.rows)")
        precondition(
            source.columns == plan.sourceWidth && source.stride == source.columns, "images of another size")
        defer { keepAlive(self, source) }
        plan.withTables(examples: source.rows) {
            Element.windowLower(WindowCall(result: start, source: source.start, other: nil, plan: $0, size: $1))
        }
    }

    /// self[i, j] += Σ over block (i, j) of a ∘ (b + offset), blocks being `block × block`; each summed in double
    /// precision.
    public func add(blockSums a: Matrix, _ b: Matrix, offset: Element, block: Int) {
        precondition(
            a.rows == rows * block && a.columns == columns * block && b.rows == a.rows && b.columns == a.columns
                && a.stride == a.columns && b.stride == b.columns,
            "blocks of \(block) of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns) for \(rows)×\(columns)")
        defer { keepAlive(self, a, b) }
        Element.windowBlockSums(
            start, stride, BlockFactors(a: a.start, b: b.start, rows: rows, columns: columns, block: block), offset)
    }

    private func checkShapes(_ source: Matrix, target: Matrix, _ plan: WindowPlan) {
        precondition(
            source.rows == target.rows && source.columns == plan.sourceWidth && target.columns == plan.targetWidth
                && source.stride == source.columns && target.stride == target.columns,
            "images of \(source.columns) and \(target.columns) numbers for windows from \(plan.sourceWidth) to "
                + "\(plan.targetWidth)")
    }
}
