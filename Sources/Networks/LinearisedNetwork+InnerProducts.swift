public import LinearAlgebra

extension LinearisedNetwork {
    /// The inner products ⟨∇ℓᵢ, ∇ℓⱼ⟩ of all examples' gradients, `[N, N]`, without forming a gradient.
    ///
    /// Each layer adds its share block by block. For a linear layer that is (δᵢ·δⱼ)(xᵢ·xⱼ + 1): two small products and
    /// an entrywise one, where the gradients themselves would be N times all parameters.
    ///
    /// - Complexity: N² (inputs + outputs) operations a linear layer; N² numbers of memory.
    public func gradientInnerProducts() -> Matrix<Element> {
        let gram = Matrix<Element>(rows: exampleCount, columns: exampleCount)
        // Narrow blocks waste less on the diagonal, which is computed whole; wide ones reach the speed of GEMM.
        let slices = slices(length: exampleCount <= 1024 ? 32 : 128)
        let blocks = slices.indices.flatMap { row in (0...row).map { (row: row, column: $0) } }
        // The cotangents are those of the mean loss, 1/N each.
        let scale = Element(exampleCount) * Element(exampleCount)
        workers.forEach(blocks.count) { index in
            let rows = slices[blocks[index].row]
            let columns = slices[blocks[index].column]
            let block = gram.rows(rows.examples).columns(columns.examples)
            for (number, layer) in network.layers.layers.enumerated() where layer.hasParameters {
                layer.addInnerProducts(
                    ExampleSlice(tile: passes.tiles[rows.tile].layers[number], range: rows.range),
                    ExampleSlice(tile: passes.tiles[columns.tile].layers[number], range: columns.range), into: block)
            }
            for row in 0..<block.rows { block.row(row).scale(by: scale) }
            if rows.examples != columns.examples {
                gram.rows(columns.examples).columns(rows.examples).assign(transposed: block)
            } else {
                // A product of a matrix with its own transpose is symmetric only up to rounding.
                for row in 0..<block.rows { for column in 0..<row { block[column, row] = block[row, column] } }
            }
        }
        return gram
    }

    /// Stretches of at most `length` examples, none across two tiles.
    private func slices(length: Int) -> [(tile: Int, range: Range<Int>, examples: Range<Int>)] {
        passes.ranges.indices.flatMap { tile in
            let examples = passes.ranges[tile]
            return stride(from: 0, to: examples.count, by: length).map { start in
                let range = start..<min(examples.count, start + length)
                return (tile, range, examples.lowerBound + range.lowerBound..<examples.lowerBound + range.upperBound)
            }
        }
    }
}
