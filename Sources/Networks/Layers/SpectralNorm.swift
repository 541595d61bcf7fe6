import Files
import LinearAlgebra

/// The spectral norm of a weight, σ = uᵀ W v, divided out of it; see `Weight` for the formulas.
///
/// u and v are buffers: constant in an analysis, moved by one power iteration at each training step.
struct SpectralNorm<Element: Scalar>: Sendable {
    private let u: Range<Int>
    private let v: Range<Int>
    /// σ, ⟨G̃, W⟩ and G̃ of the point, and (as tangent) σ̇, in `Point.derived`.
    private let scalars: Range<Int>
    private let gradient: Range<Int>

    init(_ name: String, size: (rows: Int, columns: Int), parameters: inout ParameterLayout) throws(Fault) {
        u = try parameters.addBuffer(name + ".weight_u", shape: [size.rows], initialisation: .unitVector)
        v = try parameters.addBuffer(name + ".weight_v", shape: [size.columns], initialisation: .unitVector)
        scalars = parameters.addDerived(count: 2)
        gradient = parameters.addDerived(count: size.rows * size.columns)
    }

    /// W ← W/σ.
    func divide(_ weight: Matrix<Element>, _ point: Point<Element>) {
        if point.mode == .training { iterate(weight, point) }
        let sigma = bilinear(weight, point)
        point.derived[scalars][0] = Element(sigma)
        weight.elements.scale(by: Element(1 / sigma))
    }

    /// Ẇ ← Ẇ/σ − W σ̇/σ².
    func divideTangent(
        _ tangent: Matrix<Element>, weight: Matrix<Element>, _ point: Point<Element>, _ direction: Direction<Element>
    ) {
        let sigma = sigma(point)
        let rate = bilinear(tangent, point)
        direction.derived[scalars][0] = Element(rate)
        tangent.elements.scale(by: Element(1 / sigma))
        tangent.elements.add(Element(-rate / (sigma * sigma)), weight.elements)
    }

    /// G̃ ← G̃/σ − (⟨G̃, W⟩/σ²) u vᵀ.
    ///
    /// - Parameter keeping: whether G̃ is kept for `finishTangent`.
    func finish(_ sum: Matrix<Element>, weight: Matrix<Element>, _ point: Point<Element>, keeping: Bool) {
        let sigma = sigma(point)
        let inner = sum.elements.dot(weight.elements)
        if keeping {
            point.derived[scalars][1] = Element(inner)
            point.derived[gradient].assign(sum.elements)
        }
        sum.elements.scale(by: Element(1 / sigma))
        addOuter(-inner / (sigma * sigma), to: sum, point)
    }

    /// The tangent of `finish`: Ġ̃/σ − G̃ σ̇/σ² − ((⟨Ġ̃, W⟩ + ⟨G̃, Ẇ⟩)/σ² − 2 ⟨G̃, W⟩ σ̇/σ³) u vᵀ.
    func finishTangent(
        _ sum: Matrix<Element>, weight: Matrix<Element>, range: Range<Int>, _ point: Point<Element>,
        _ direction: Direction<Element>
    ) {
        let sigma = sigma(point)
        var slope = sum.elements.dot(weight.elements) / (sigma * sigma)
        sum.elements.scale(by: Element(1 / sigma))
        if direction.order == .second {
            let rate = Double(direction.derived[scalars][0])
            let kept = point.derived[gradient]
            slope += kept.dot(direction.vector[range]) / (sigma * sigma)
            slope -= 2 * Double(point.derived[scalars][1]) * rate / (sigma * sigma * sigma)
            sum.elements.add(Element(-rate / (sigma * sigma)), kept)
        }
        addOuter(-slope, to: sum, point)
    }

    /// ⟨G̃ᵢ, G̃ⱼ⟩ ← ⟨G̃ᵢ, G̃ⱼ⟩/σ² − (sᵢ tⱼ + sⱼ tᵢ)/σ³ + sᵢ sⱼ ‖u‖² ‖v‖²/σ⁴, with sᵢ = ⟨G̃ᵢ, W⟩ and tᵢ = uᵀ G̃ᵢ v,
    /// for gradients G̃ᵢ = δᵢ xᵢᵀ.
    func correct(
        _ products: Matrix<Element>, _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>,
        weight: Matrix<Element>, _ point: Point<Element>
    ) {
        let sigma = sigma(point)
        let (u, v) = vectors(point)
        let length = u.dot(u) * v.dot(v)
        let left = projections(rows, weight: weight, sigma: sigma, point)
        let right = projections(columns, weight: weight, sigma: sigma, point)
        for i in 0..<products.rows {
            let numbers = products.row(i).doubles.enumerated().map { j, product in
                (product - (left[i].s * right[j].t + right[j].s * left[i].t) / sigma
                    + left[i].s * right[j].s * length / (sigma * sigma)) / (sigma * sigma)
            }
            products.row(i).assign(Vector(rounding: numbers))
        }
    }

    /// sᵢ = δᵢᵀ W xᵢ with W = σ W̃, and tᵢ = (δᵢ · u)(v · xᵢ).
    private func projections(
        _ slice: ExampleSlice<Element>, weight: Matrix<Element>, sigma: Double, _ point: Point<Element>
    ) -> [(s: Double, t: Double)] {
        let (u, v) = vectors(point)
        let images = Matrix<Element>(rows: slice.range.count, columns: weight.rows)
        images.assign(product: slice.input.plain, weight.transposed)
        return (0..<slice.range.count).map { row in
            let cotangent = slice.cotangent.row(row)
            return (sigma * cotangent.dot(images.row(row)), cotangent.dot(u) * slice.input.row(row).dot(v))
        }
    }

    /// v ← Wᵀu/‖·‖, u ← Wv/‖·‖.
    private func iterate(_ weight: Matrix<Element>, _ point: Point<Element>) {
        let (u, v) = vectors(point)
        v.matrix(rows: 1, columns: v.count).assign(product: u.matrix(rows: 1, columns: u.count).plain, weight.plain)
        v.scale(by: Element(1 / max(v.norm, 1e-12)))
        u.matrix(rows: 1, columns: u.count).assign(
            product: v.matrix(rows: 1, columns: v.count).plain, weight.transposed)
        u.scale(by: Element(1 / max(u.norm, 1e-12)))
    }

    /// uᵀ M v, in double precision.
    private func bilinear(_ matrix: Matrix<Element>, _ point: Point<Element>) -> Double {
        let (u, v) = vectors(point)
        return (0..<matrix.rows).reduce(0) { $0 + Double(u[$1]) * matrix.row($1).dot(v) }
    }

    private func addOuter(_ factor: Double, to matrix: Matrix<Element>, _ point: Point<Element>) {
        let (u, v) = vectors(point)
        for row in 0..<matrix.rows { matrix.row(row).add(Element(factor * Double(u[row])), v) }
    }

    private func vectors(_ point: Point<Element>) -> (u: Vector<Element>, v: Vector<Element>) {
        (point.buffers[u], point.buffers[v])
    }

    private func sigma(_ point: Point<Element>) -> Double { Double(point.derived[scalars][0]) }
}
