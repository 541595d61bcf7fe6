import CLAPACKE

/// A symmetric matrix turned into a band matrix with the same eigenvalues, by block Householder reflections.
///
/// For each block of b columns the part below the band is factored as Q R, and the trailing matrix becomes
/// QᵀAQ = A − V Xᵀ − X Vᵀ with Q = I − V T Vᵀ, W = A V T, X = W − ½ V Tᵀ Vᵀ W. Both A V and the update, all of the
/// 4n³/3 operations but those of the narrow QR, are GEMMs on tiles, which workers share. Tiles and the order of sums
/// are fixed by n, so the result does not depend on the number of workers; LAPACK's own threaded routine
/// (`dsytrd_sy2sb`) gives other last digits for another number of threads.
///
/// Source: Bischof, Lang and Sun, "A framework for symmetric band reduction", ACM TOMS 26 (2000).
struct BandReduction {
    /// b, the diagonals beside the main one that are left. Wider makes the GEMMs faster and the reduction of the band
    /// to tridiagonal form (O(n²b)) slower.
    static let bandwidth = 48
    private static let tile = 256

    /// The matrix, of which only the tiles on and below the diagonal are kept; `[n, n]`.
    private let a: Matrix<Double>
    private let workers: Workers
    private let order: Int

    /// Reduces `matrix`, whose lower triangle is read and which is overwritten.
    ///
    /// - Returns: the band in LAPACK's upper band storage, `[n, b + 1]`: row j holds A[j−b … j, j].
    static func band(of matrix: Matrix<Double>, workers: Workers) throws(FactorisationFailure) -> Matrix<Double> {
        let reduction = BandReduction(a: matrix, workers: workers, order: matrix.rows)
        let width = min(bandwidth, matrix.rows - 1)
        reduction.symmetriseDiagonalTiles()
        for first in stride(from: 0, to: matrix.rows - width - 1, by: width) {
            try reduction.eliminate(columns: first..<first + width)
        }
        return reduction.collected(width)
    }

    /// Makes zero what stands below the band in some columns, and transforms the trailing matrix alike.
    private func eliminate(columns: Range<Int>) throws(FactorisationFailure) {
        let start = columns.upperBound
        let width = columns.count
        let size = order - start
        // Fᵀ, the transpose of what stands below the band: row-major `[width, size]` is LAPACK's column-major F.
        let panel = Matrix<Double>(rows: width, columns: size)
        panel.assign(transposed: a.rows(start..<order).columns(columns))
        let reflectors = min(width, size)
        var scales = [Double](repeating: 0, count: reflectors)
        defer { keepAlive(panel) }
        try check(
            LAPACKE_dgeqrf(LAPACK_COL_MAJOR, Int32(size), Int32(width), panel.start, Int32(size), &scales), "dgeqrf")
        let v = Matrix<Double>(rows: reflectors, columns: size)
        let t = Matrix<Double>(rows: reflectors, columns: reflectors)
        defer { keepAlive(v, t) }
        for row in 0..<reflectors {
            v[row, row] = 1
            v.row(row)[row + 1..<size].assign(panel.row(row)[row + 1..<size])
            panel.row(row)[row + 1..<size].fill(0)
        }
        try check(
            LAPACKE_dlarft(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "F")), CChar(UInt8(ascii: "C")), Int32(size), Int32(reflectors),
                v.start, Int32(size), scales, t.start, Int32(reflectors)), "dlarft")
        a.rows(start..<order).columns(columns).assign(transposed: panel)
        update(from: start, v: v, upperT: t)
    }

    /// The trailing matrix A ← QᵀAQ. All of V, W, X are held transposed, `[b, size]`; `upperT` is column-major, so as a
    /// row-major matrix it is Tᵀ.
    private func update(from start: Int, v: Matrix<Double>, upperT t: Matrix<Double>) {
        let size = order - start
        let width = v.rows
        let product = Matrix<Double>(rows: width, columns: size)
        let tiles = Self.tiles(from: start, to: order)
        workers.forEach(tiles.count) { index in
            let columns = tiles[index]
            let part = product.columns(shifted(columns, start))
            for (number, rows) in tiles.enumerated() {
                let left = v.columns(shifted(rows, start)).plain
                let right =
                    number >= index
                    ? a.rows(rows).columns(columns).plain : a.rows(columns).columns(rows).transposed
                part.assign(product: left, right, scaling: number == 0 ? 0 : 1)
            }
        }
        // [V; X] and [X; V], so that V Xᵀ + X Vᵀ is one product with an inner size of 2b.
        let left = Matrix<Double>(rows: 2 * width, columns: size)
        let right = Matrix<Double>(rows: 2 * width, columns: size)
        let x = left.rows(width..<2 * width)
        x.assign(product: t.plain, product.plain)
        let inner = Matrix<Double>(rows: width, columns: width)
        let s = Matrix<Double>(rows: width, columns: width)
        inner.assign(product: v.plain, x.transposed)
        s.assign(product: t.plain, inner.plain)
        x.assign(product: s.plain, v.plain, times: -0.5, scaling: 1)
        left.rows(0..<width).assign(v)
        right.rows(0..<width).assign(x)
        right.rows(width..<2 * width).assign(v)
        let pairs = tiles.indices.flatMap { row in (0...row).map { (tiles[row], tiles[$0]) } }
        workers.forEach(pairs.count) { index in
            let (rows, columns) = pairs[index]
            a.rows(rows).columns(columns).assign(
                product: left.columns(shifted(rows, start)).transposed, right.columns(shifted(columns, start)).plain,
                times: -1, scaling: 1)
        }
    }

    /// Tiles on the diagonal are used whole, so their upper triangle must hold what the lower one does.
    private func symmetriseDiagonalTiles() {
        for row in 0..<order {
            let first = row - row % Self.tile
            for column in first..<row { a[column, row] = a[row, column] }
        }
    }

    private func collected(_ width: Int) -> Matrix<Double> {
        let band = Matrix<Double>(rows: order, columns: width + 1)
        for row in 0..<order {
            let first = max(0, row - width)
            band.row(row)[first - row + width..<width + 1].assign(a.row(row)[first..<row + 1])
        }
        return band
    }

    /// Stretches that start at multiples of the tile's length, the first one cut at `start`: so a tile on the diagonal
    /// stays one as the trailing matrix shrinks.
    private static func tiles(from start: Int, to end: Int) -> [Range<Int>] {
        stride(from: start - start % tile, to: end, by: tile).map { max(start, $0)..<min(end, $0 + tile) }
    }

    private func shifted(_ range: Range<Int>, _ start: Int) -> Range<Int> {
        range.lowerBound - start..<range.upperBound - start
    }

    private func check(_ info: Int32, _ routine: String) throws(FactorisationFailure) {
        guard info == 0 else { throw FactorisationFailure(routine: routine, info: Int(info)) }
    }
}
