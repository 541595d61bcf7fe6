import LinearAlgebra

/// XTrace: half of the products for a sketch, half for A on its basis, and every probe used against the sketch of the
/// others. The same products give ‖A‖²_F (the form A²) and the traces of blocks (the forms ½(E_S A + A E_S)).
///
/// What is projected out of a probe is kept explicit (μᵢ, A μᵢ as vectors): a difference of inner products would lose the
/// digits that make the residual of a decaying spectrum.
///
/// Source: Epperly, Tropp and Webber, SIAM J. Matrix Anal. Appl. 45 (2024), section 2.1.
func xTrace<Operator: SymmetricOperator>(
    _ target: Operator, _ groups: [[Range<Int>]], _ configuration: TraceConfiguration
) throws -> TraceEstimates {
    typealias Element = Operator.Element
    let workers = configuration.workers
    let count = configuration.products / 2
    precondition(count >= 2 && 2 * count < target.dimension, "XTrace with \(count) probes of \(target.dimension)")
    let probes: Matrix<Element> = sphereProbes(0..<count, dimension: target.dimension, seed: configuration.seed)
    let probeImages = try product(of: probes, through: target)
    let copy = Matrix<Element>(rows: count, columns: target.dimension)
    copy.assign(probeImages)
    let basis = RangeBasis(orthonormalising: copy, workers: workers)
    let images = try product(of: basis.rows, through: target)
    if basis.isExhausted {
        return knownOnSubspace(basis.rows, images: images, groups: groups, configuration, method: .xTrace)
    }
    let sketch = Sketch(basis: basis, images: images, groups: groups, workers: workers)
    return sketch.estimates(probes: probes, probeImages: probeImages, products: 2 * count)
}

/// A basis Q with its images A Q, and what the leave-one-out estimates need of them.
private struct Sketch<Element: Scalar> {
    let basis: RangeBasis<Element>
    let images: Matrix<Element>
    let groups: [[Range<Int>]]
    let workers: Workers

    private var all: [Range<Int>] { [0..<images.columns] }

    /// - Parameters:
    ///   - probes: ωᵢ; become μᵢ.
    ///   - probeImages: A ωᵢ; become A μᵢ.
    func estimates(
        probes: Matrix<Element>, probeImages: Matrix<Element>, products: Int
    ) -> TraceEstimates {
        let directions = basis.leaveOneOutDirections
        let order = directions.rows
        let projections = Basis.coefficients(
            of: (0..<order).map { probes.row($0) }, in: basis.rows, workers: workers)
        project(probes, probeImages, along: directions, projections)
        let lengths = (0..<order).map { Basis.dot(probes.row($0), probes.row($0), workers: workers) }
        let leaveOneOut = LeaveOneOut(
            directions: directions, projections: projections, squares: lengths, dimension: images.columns)
        let trace = form(probes, probeImages, over: all)
        let squares = innerProducts(probeImages, probeImages, over: all, workers: workers)
        let frobenius = LeaveOneOut.Form(
            inside: innerProducts(images, images, over: all, workers: workers),
            values: (0..<order).map { squares[$0][$0] },
            couplings: innerProducts(probeImages, images, over: all, workers: workers))
        let inner = innerProducts(probes, probes, over: all, workers: workers)
        let variances = variances(probeImages, directions, lengths, trace.values, frobenius.values)
        let epsilon = Double(Element.ulpOfOne)
        let norm = (0..<order).reduce(0) { $0 + frobenius.inside[$1][$1] }
        let rounding = 4 * epsilon * (0..<order).reduce(norm.squareRoot()) { $0 + abs(trace.inside[$1][$1]) }
        return TraceEstimates(
            trace: leaveOneOut.estimate(trace, .known(variances), rounding: rounding),
            frobeniusNormSquared: leaveOneOut.estimate(
                frobenius, .pairs(forms: squares, inner: inner), rounding: 4 * epsilon * norm,
                scale: .logarithmic),
            groups: groups.map { leaveOneOut.estimate(form(probes, probeImages, over: $0), rounding: rounding) },
            method: .xTrace, products: products)
    }

    /// ωᵢ ← μᵢ = (I − Q(i)Q(i)ᵀ) ωᵢ and A ωᵢ ← A μᵢ, with Q(i)ᵀωᵢ = (I − sᵢsᵢᵀ) Qᵀωᵢ.
    private func project(
        _ probes: Matrix<Element>, _ probeImages: Matrix<Element>, along directions: Matrix<Double>,
        _ projections: [[Double]]
    ) {
        let inside = projections.enumerated().map { without(directions.row($0), $1) }
        Basis.remove(
            inside, of: basis.rows, from: (0..<probes.rows).map { probes.row($0) }, workers: workers)
        Basis.remove(
            inside, of: images, from: (0..<probes.rows).map { probeImages.row($0) }, workers: workers)
    }

    /// x − (s·x) s
    private func without(_ direction: Vector<Double>, _ x: [Double]) -> [Double] {
        let s = direction.array
        let part = zip(s, x).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(s, x).map { $1 - part * $0 }
    }

    /// The form ½(E_S A + A E_S); A itself where S is everything.
    private func form(
        _ probes: Matrix<Element>, _ probeImages: Matrix<Element>, over ranges: [Range<Int>]
    ) -> LeaveOneOut.Form {
        let inside = innerProducts(basis.rows, images, over: ranges, workers: workers)
        let first = innerProducts(probeImages, basis.rows, over: ranges, workers: workers)
        let second = innerProducts(probes, images, over: ranges, workers: workers)
        let values = (0..<probes.rows).map { row in
            ranges.reduce(0) { $0 + Basis.dot(probes.row(row)[$1], probeImages.row(row)[$1], workers: workers) }
        }
        return .init(
            inside: inside.indices.map { i in inside.indices.map { 0.5 * (inside[i][$0] + inside[$0][i]) } },
            values: values, couplings: zip(first, second).map { zip($0, $1).map { 0.5 * ($0 + $1) } })
    }

    /// Var tᵢ given Q(i): 2D/(D + 2) (‖R‖²_F − (tr R)²/D), R = (I − Q(i)Q(i)ᵀ) A (I − Q(i)Q(i)ᵀ), the norm and the trace
    /// from μᵢ itself.
    private func variances(
        _ probeImages: Matrix<Element>, _ directions: Matrix<Double>, _ lengths: [Double], _ values: [Double],
        _ imageSquares: [Double]
    ) -> [Double] {
        let order = directions.rows
        let dimension = Double(images.columns - order + 1)
        let inside = innerProducts(probeImages, basis.rows, over: [0..<images.columns], workers: workers)
        return (0..<order).map { index in
            let scale = dimension / lengths[index]
            let found = without(directions.row(index), inside[index]).reduce(0) { $0 + $1 * $1 }
            let norm = scale * max(0, imageSquares[index] - found)
            let trace = scale * values[index]
            return 2 * dimension / (dimension + 2) * max(0, norm - trace * trace / dimension)
        }
    }
}
