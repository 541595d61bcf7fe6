public import Files
public import LinearAlgebra

extension LinearisedNetwork {
    /// J v with J = ∂f/∂θ: the derivatives of all outputs along vectors, by a forward pass of tangents alone.
    ///
    /// Of coupled examples (`PassMode.batchStatistics`) it is the whole derivative, through the statistics.
    ///
    /// - Parameters:
    ///   - vectors: v, `[parameters]` each.
    ///   - results: as many as vectors, `[N, outputs]` each, overwritten.
    /// - Complexity: 2 forward passes a vector; `directions` of them go through together.
    public func multiplyByJacobian(_ vectors: [Vector<Element>], into results: [Matrix<Element>]) {
        forEachGroup(vectors, results) { vectors, results in
            check(results)
            let along = prepareTangents(along: vectors, order: .first)
            forEachWave { _, wave in
                let passes = wave.passes
                let point = passes.point(parameters)
                workers.forEach(passes.tiles.count) { index in
                    let tile = passes.tiles[index]
                    network.layers.forwardTangent(tile, point, along: along)
                    for direction in 0..<along.count {
                        results[direction].rows(wave.examples(ofTile: index)).assign(tile.output.tangent(direction))
                    }
                }
            }
        }
    }

    /// Jᵀ u = Σᵢ Jᵢᵀ uᵢ: the gradients of Σ ⟨uᵢ, fᵢ⟩, by the first-order part of the backward pass of tangents alone.
    ///
    /// - Parameters:
    ///   - cotangents: u, `[N, outputs]` each.
    ///   - results: as many as cotangents, `[parameters]` each, overwritten.
    /// - Complexity: 2 forward passes a vector; `directions` of them go through together.
    public func multiplyByJacobianTranspose(_ cotangents: [Matrix<Element>], into results: [Vector<Element>]) {
        forEachGroup(cotangents, results) { cotangents, results in
            check(cotangents)
            // No term of first order has the direction in it: θ stands for any.
            let along = Directions(
                cotangents.map { _ in parameters.vector }, derived: Array(derivedTangents.prefix(cotangents.count)),
                order: .first)
            forEachWave { number, wave in
                let passes = wave.passes
                let point = passes.point(parameters)
                workers.forEach(passes.tiles.count) { index in
                    let tile = passes.tiles[index]
                    for direction in 0..<along.count {
                        tile.output.cotangentTangent(direction).assign(
                            cotangents[direction].rows(wave.examples(ofTile: index)))
                    }
                    network.layers.backwardTangent(tile, point, along: along)
                }
                addGradientTangents(
                    of: wave, along, into: results, isFirst: number == 0, isLast: number == waves.count - 1)
            }
        }
    }

    /// The inner products ⟨Jᵢᵀ w, Jⱼᵀ w′⟩ of all rows w, w′ of a factor, `[rows, rows]`: with the identity the neural
    /// tangent kernel J Jᵀ, with a square root of the loss's Hessian the Gram matrix that has the nonzero spectrum of N
    /// times the Gauss-Newton matrix.
    ///
    /// Each example is repeated for every one of its rows, and the loss replaced by ⟨w, f⟩: see `gradientInnerProducts`.
    ///
    /// - Throws: `Fault` of kind `data` where not even one tile of the repeated examples fits the limit of memory.
    /// - Complexity: that of `gradientInnerProducts` for as many examples as there are rows, and their inputs in memory.
    /// - Precondition: the examples are not coupled.
    public func innerProducts(of factor: OutputFactor<Element>) throws(Fault) -> Matrix<Element> {
        precondition(
            factor.exampleCount == exampleCount && factor.weights.columns == network.outputCount,
            "a factor of \(factor.exampleCount)×\(factor.weights.columns) outputs for "
                + "\(exampleCount)×\(network.outputCount)")
        let count = factor.weights.rows
        guard count > 0 else { return Matrix(rows: 0, columns: 0) }
        let repeated = Matrix<Element>(rows: count, columns: network.inputCount)
        for example in 0..<exampleCount {
            for row in factor.rows(of: example) { repeated.row(row).assign(inputs.row(example)) }
        }
        return try LinearisedNetwork(
            network, at: parameters, inputs: repeated, functional: LinearFunctional(weights: factor.weights),
            LinearisationConfiguration(directions: 0, mode: mode, memoryLimit: memoryLimit, workers: workers)
        ).gradientInnerProducts()
    }

    private func check(_ matrices: [Matrix<Element>]) {
        for matrix in matrices {
            precondition(
                matrix.rows == exampleCount && matrix.columns == network.outputCount,
                "\(matrix.rows)×\(matrix.columns) numbers for \(exampleCount)×\(network.outputCount) outputs")
        }
    }
}
