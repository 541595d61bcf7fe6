public import LinearAlgebra

extension LinearisedNetwork {
    /// The inner products ⟨∇ℓᵢ, ∇ℓⱼ⟩ of all examples' gradients, `[N, N]`, never with all gradients in memory.
    ///
    /// Each layer adds its share in the way that costs it less: pair by pair without forming a gradient (for a linear
    /// layer (δᵢ·δⱼ)(xᵢ·xⱼ + 1): two small products and an entrywise one), or by forming the examples' gradients of one
    /// piece of its parameters after another and multiplying those.
    ///
    /// - Complexity: N² (inputs + outputs) operations a linear layer, N² + 2 N · positions a parameter of a convolution;
    ///   N² numbers of memory, and `formedBytes` or one piece.
    /// - Precondition: the examples are not coupled.
    public func gradientInnerProducts() -> Matrix<Element> {
        precondition(
            !(mode.couplesExamples && network.couplesExamples), "coupled examples have no gradients of their own")
        let gram = InnerProducts<Element>(examples: exampleCount, workers: workers)
        addPairs(to: gram)
        addFormed(to: gram)
        // The cotangents are those of the mean loss, 1/N each.
        gram.finish(scale: Element(exampleCount) * Element(exampleCount))
        return gram.matrix
    }

    /// What formed gradients may take together, unless a single piece takes more: 64 MB.
    public static var formedBytes: Int { 64 << 20 }

    private func addPairs(to gram: InnerProducts<Element>) {
        let leaves = network.layers.leaves
        let numbers = leaves.indices.filter {
            !leaves[$0].gradientPieces.isEmpty && leaves[$0].prefersPairs(examples: exampleCount)
        }
        guard !numbers.isEmpty else { return }
        let length = network.tileLength(examples: exampleCount, mode: mode)
        let gathered = memory.recomputes ? gather(numbers) : nil
        // Without recomputation there is one wave, which holds everything.
        let passes = waves[0].passes
        let point = passes.point(parameters)
        gram.forEachBlock(tileLength: length) { rows, columns, block in
            for (place, leaf) in numbers.enumerated() {
                func slice(_ examples: Range<Int>) -> ExampleSlice<Element> {
                    if let gathered { return ExampleSlice(tile: gathered[place], range: examples) }
                    let tile = examples.lowerBound / length
                    let start = examples.lowerBound - tile * length
                    return ExampleSlice(
                        tile: passes.tiles[tile].leaves[leaf], range: start..<start + examples.count)
                }
                leaves[leaf].addInnerProducts(slice(rows), slice(columns), point, into: block)
            }
        }
    }

    /// The inputs and cotangents of the layers `numbers` for all examples, as one tile each.
    private func gather(_ numbers: [Int]) -> [LayerTile<Element>] {
        var tiles: [LayerTile<Element>] = []
        forEachWave { _, wave in
            if tiles.isEmpty {
                tiles = numbers.map { wave.passes.tiles[0].leaves[$0].room(for: exampleCount) }
            }
            for (index, tile) in wave.passes.tiles.enumerated() {
                let examples = wave.examples(ofTile: index)
                for (place, number) in numbers.enumerated() {
                    tiles[place].input.value.rows(examples).assign(tile.leaves[number].input.value)
                    tiles[place].output.cotangent.rows(examples).assign(tile.leaves[number].output.cotangent)
                }
            }
        }
        return tiles
    }

    private func addFormed(to gram: InnerProducts<Element>) {
        for group in formedGroups() {
            let widths = group.map { $0.ranges.reduce(0) { $0 + $1.count } }
            let starts = widths.indices.map { widths[..<$0].reduce(0, +) }
            let gradients = Matrix<Element>(rows: exampleCount, columns: widths.reduce(0, +))
            forEachWave { _, wave in
                let point = wave.passes.point(parameters)
                workers.forEach(wave.passes.exampleCount * group.count) { task in
                    let example = task / group.count
                    let (piece, start) = (group[task % group.count], starts[task % group.count])
                    let tile = wave.passes.ranges.firstIndex { $0.contains(example) }!
                    let row = example - wave.passes.ranges[tile].lowerBound
                    let target = GradientTarget(
                        gradients.row(wave.first + example)[start..<start + widths[task % group.count]],
                        holding: piece.ranges, scaling: 0)
                    let layer = wave.passes.leaves[piece.layer]
                    let alone = wave.passes.tiles[tile].leaves[piece.layer].slice(row..<row + 1)
                    layer.addGradient(piece: piece.piece, of: alone, point, into: target)
                    layer.finishGradient(piece: piece.piece, point, in: target)
                }
            }
            gram.add(productOfRows: gradients)
        }
    }

    /// The pieces of the layers that form their gradients, as many together as memory is set aside for.
    private func formedGroups() -> [[GradientPiece]] {
        let leaves = network.layers.leaves
        let most = Self.formedBytes / MemoryLayout<Element>.stride / max(1, exampleCount)
        var groups: [[GradientPiece]] = []
        var width = 0
        for piece in waves[0].passes.gradientPieces where !leaves[piece.layer].prefersPairs(examples: exampleCount) {
            let count = piece.ranges.reduce(0) { $0 + $1.count }
            if groups.isEmpty || width + count > most {
                groups.append([])
                width = 0
            }
            groups[groups.count - 1].append(piece)
            width += count
        }
        return groups
    }
}

/// A Gram matrix as it is added up, the lower triangle of blocks alone.
private struct InnerProducts<Element: Scalar>: Sendable {
    let matrix: Matrix<Element>
    let workers: Workers

    init(examples: Int, workers: Workers) {
        matrix = Matrix(rows: examples, columns: examples)
        self.workers = workers
    }

    /// Runs `body` for blocks of rows and columns that cover the lower triangle, none across two tiles.
    func forEachBlock(
        tileLength: Int, width: Int = 32, _ body: @Sendable (Range<Int>, Range<Int>, Matrix<Element>) -> Void
    ) {
        let slices = slices(tileLength: tileLength, width: width)
        let blocks = slices.indices.flatMap { row in (0...row).map { (row: row, column: $0) } }
        workers.forEach(blocks.count) { index in
            let (rows, columns) = (slices[blocks[index].row], slices[blocks[index].column])
            body(rows, columns, matrix.rows(rows).columns(columns))
        }
    }

    /// Adds E Eᵀ for E `[examples, numbers]`.
    func add(productOfRows rows: Matrix<Element>) {
        guard matrix.rows <= 256 else {
            return forEachBlock(tileLength: matrix.rows, width: 64) { left, right, block in
                block.assign(product: rows.rows(left).plain, rows.rows(right).transposed, scaling: 1)
            }
        }
        // Few examples make few blocks, but long rows: those are cut, and the parts added up in their order.
        let length = 1 << 14
        let parts = workers.map((rows.columns + length - 1) / length) { part in
            let columns = rows.columns(part * length..<min(rows.columns, (part + 1) * length))
            let product = Matrix<Element>(rows: rows.rows, columns: rows.rows)
            product.assign(product: columns.plain, columns.transposed)
            return product
        }
        for part in parts { matrix.add(1, part) }
    }

    /// Scales, and makes the upper triangle of the lower: a product of a matrix with its own transpose is symmetric only
    /// up to rounding.
    func finish(scale: Element) {
        forEachBlock(tileLength: matrix.rows) { rows, columns, block in
            for row in 0..<block.rows { block.row(row).scale(by: scale) }
            if rows != columns {
                matrix.rows(columns).columns(rows).assign(transposed: block)
            } else {
                for row in 0..<block.rows { for column in 0..<row { block[column, row] = block[row, column] } }
            }
        }
    }

    /// Narrow blocks waste less on the diagonal, which is computed whole; wide ones reach the speed of GEMM, the sooner
    /// the longer the rows.
    private func slices(tileLength: Int, width: Int) -> [Range<Int>] {
        let length = matrix.rows <= 1024 ? width : 128
        return stride(from: 0, to: matrix.rows, by: tileLength).flatMap { tile in
            stride(from: tile, to: min(matrix.rows, tile + tileLength), by: length).map {
                $0..<min(matrix.rows, tile + tileLength, $0 + length)
            }
        }
    }
}

extension LayerTile {
    /// Memory for the inputs and cotangents of `examples` examples.
    fileprivate func room(for examples: Int) -> LayerTile {
        func boundary(_ width: Int, isInput: Bool) -> Boundary<Element> {
            Boundary(
                values: Matrix(rows: isInput ? examples : 0, columns: width),
                cotangents: Matrix(rows: isInput ? 0 : examples, columns: width), range: 0..<examples, room: 0,
                isConstant: isInput)
        }
        return LayerTile(
            input: boundary(input.width, isInput: true), output: boundary(output.width, isInput: false),
            record: LayerRecord())
    }
}
