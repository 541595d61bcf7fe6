import LinearAlgebra

extension KrylovSchur {
    /// Q becomes the Ritz vectors `kept`, in their order, in the first rows; the pending vectors follow, or go aside.
    ///
    /// - Parameters:
    ///   - directions: the new pending vectors as orthonormal combinations of the old, one a row, `[new, pending]`. What
    ///     they leave out takes its couplings out of the residual estimates; T is the projection still.
    ///   - goesAside: whether they are put aside.
    func restart(
        keeping kept: [Int], of ritz: RitzPairs, directions: Matrix<Double>, goesAside: Bool = false
    ) {
        // The couplings of what is aside are with its part outside Q and what has been expanded since.
        precondition(aside.isEmpty, "a restart while vectors are aside")
        let rotation = Matrix<Double>(rows: kept.count + directions.rows, columns: used)
        for (row, index) in kept.enumerated() {
            for (column, place) in expanded.enumerated() { rotation[row, place] = ritz.vectors[index, column] }
        }
        for row in 0..<directions.rows {
            for (column, place) in pending.enumerated() { rotation[kept.count + row, place] = directions[row, column] }
        }
        let first = goesAside ? basis.rows - directions.rows : kept.count
        rotate(by: rotation, leading: kept.count, trailingTo: first)
        projection.fill(0)
        let couplings = Matrix<Double>(rows: directions.rows, columns: ritz.values.count)
        couplings.assign(product: directions.plain, ritz.couplings.plain)
        for (row, index) in kept.enumerated() {
            projection[row, row] = ritz.values[index]
            for offset in 0..<directions.rows { projection[first + offset, row] = couplings[offset, index] }
        }
        let outside = Array(first..<first + directions.rows)
        expanded = Array(0..<kept.count)
        pending = goesAside ? [] : outside
        aside = goesAside ? outside : []
        restarts += 1
    }

    /// The first `leading` rows of the basis, and those from `first` on, become S times all rows in use, in the
    /// operator's precision.
    private func rotate(by rotation: Matrix<Double>, leading: Int, trailingTo first: Int) {
        let narrow = Matrix<Element>(rows: rotation.rows, columns: rotation.columns)
        for row in 0..<rotation.rows { narrow.row(row).assign(Vector(rounding: rotation.row(row).array)) }
        let source = basis.rows(0..<rotation.columns)
        let upper = basis.rows(0..<leading)
        let lower = basis.rows(first..<first + rotation.rows - leading)
        // Pieces of columns, each rotated through memory of its own.
        let length = 4096
        let pieces = (basis.columns + length - 1) / length
        workers.forEach(pieces) { piece in
            let columns = piece * length..<min(source.columns, (piece + 1) * length)
            let rotated = Matrix<Element>(rows: narrow.rows, columns: columns.count)
            rotated.assign(product: narrow.plain, source.columns(columns).plain)
            upper.columns(columns).assign(rotated.rows(0..<leading))
            lower.columns(columns).assign(rotated.rows(leading..<rotated.rows))
        }
    }

    /// What was put aside becomes pending again.
    ///
    /// r = Σ hᵢ qᵢ + f r⊥ over all rows: r⊥ joins them, and A's coupling b with r becomes one of f b with r⊥ and hᵢ b
    /// with each other pending row (with the expanded rows it is known from their own products).
    func readmit() {
        let shadows = aside
        aside = []
        for shadow in shadows {
            let vector = basis.row(shadow)
            let couplings = projection.row(shadow).copy()
            let found = project(vector, outOf: basis.rows(0..<used), epsilon: epsilon, workers: workers)
            for row in pending { projection.row(row).add(found.coefficients[row], couplings) }
            guard found.norm > roundingFactor * epsilon, used < capacity else { continue }
            let row = used
            vector.scale(by: Element(1 / found.norm))
            basis.row(row).assign(vector)
            clear(row)
            projection.row(row).add(found.norm, couplings)
            pending.append(row)
        }
    }

    /// What A makes of an expanded row outside all rows becomes pending: of a Ritz vector its residual, whatever the
    /// decomposition thought it to be. One product.
    ///
    /// - Returns: the new row; nil where nothing is left, or no room.
    func addResidual<Operator: SymmetricOperator>(of row: Int, with target: Operator) throws -> Int?
    where Operator.Element == Element {
        try target.apply(to: [basis.row(row)], into: [images[0]])
        products += 1
        let found = project(images[0], outOf: basis.rows(0..<used), epsilon: epsilon, workers: workers)
        guard found.norm.isFinite else { throw KrylovFailure.productIsNotFinite(product: products) }
        guard found.norm > roundingFactor * epsilon * norm, used < capacity else { return nil }
        let new = used
        Basis.assign(images[0], times: Element(1 / found.norm), to: basis.row(new), workers: workers)
        clear(new)
        for index in pending { projection[index, row] = found.coefficients[index] }
        projection[new, row] = found.norm
        pending.append(new)
        return new
    }

    /// The first `count` rows are made orthonormal to rounding, whatever restarts have left, each against those before.
    func polish(first count: Int) {
        for row in 0..<count {
            let vector = basis.row(row)
            let norm =
                row > 0
                ? project(vector, outOf: basis.rows(0..<row), epsilon: epsilon, workers: workers).norm
                : Basis.dot(vector, vector, workers: workers).squareRoot()
            vector.scale(by: Element(1 / norm))
        }
    }
}

/// max |V Vᵀ − I| of the rows of V, every product and sum in double precision.
func orthogonalityLoss<Element: Scalar>(of rows: Matrix<Element>, workers: Workers) -> Double {
    let order = rows.rows
    let length = 4096
    let groups = stride(from: 0, to: rows.columns, by: 16 * length).map {
        $0..<min(rows.columns, $0 + 16 * length)
    }
    let partials = workers.map(groups.count) { index in
        let gram = Matrix<Double>(rows: order, columns: order)
        for start in stride(from: groups[index].lowerBound, to: groups[index].upperBound, by: length) {
            let columns = start..<min(groups[index].upperBound, start + length)
            let wide = Matrix<Double>(rows: order, columns: columns.count)
            for row in 0..<order { wide.row(row).assign(Vector<Double>(converting: rows.row(row)[columns])) }
            gram.assign(product: wide.plain, wide.transposed, scaling: 1)
        }
        return gram
    }
    let sum = Matrix<Double>(rows: order, columns: order)
    for partial in partials { sum.add(1, partial) }
    var worst = 0.0
    for row in 0..<order {
        for column in 0...row { worst = max(worst, abs(sum[row, column] - (row == column ? 1 : 0))) }
    }
    return worst
}
