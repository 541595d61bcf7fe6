import Files
import LinearAlgebra

/// A layer's weight as the layer uses it, W̃ `[rows, columns]`: the stored tensor W, or what is derived from it once a
/// point because its columns lie in another order or because its spectral norm is divided out.
///
/// With a spectral norm W̃ = W / σ with σ = uᵀ W v, u and v constant. Then, with G̃ = ∂ℓ/∂W̃,
///
///     ∂ℓ/∂W = G̃/σ − (⟨G̃, W⟩/σ²) u vᵀ,   Ẇ̃ = Ẇ/σ − W (uᵀ Ẇ v)/σ².
///
/// Source: Miyato et al. 2018, "Spectral normalization for generative adversarial networks", equation 8 and appendix B.
struct Weight<Element: Scalar>: Sendable {
    let rows: Int
    let columns: Int
    /// In the flat vector of parameters.
    let range: Range<Int>
    /// A stored row is `channels × positions`, a row of W̃ `positions × channels`; nil where both are the same.
    private let transposition: (channels: Int, positions: Int)?
    private let norm: SpectralNorm<Element>?
    /// W̃ in `Point.derived`, and its tangent in `Direction.derived`; nil where W̃ is W.
    private let derived: Range<Int>?

    /// - Parameter shape: of the stored tensor, `[out, in]` or `[out, in, k, k]`.
    init(
        _ name: String, shape: [Int], bound: Double, hasSpectralNorm: Bool, parameters: inout ParameterLayout
    ) throws(Fault) {
        let columns = shape[1...].reduce(1, *)
        let positions = shape[2...].reduce(1, *)
        rows = shape[0]
        self.columns = columns
        range = try parameters.add(
            name + ".weight", shape: shape, role: .weight, initialisation: .uniform(bound: bound))
        transposition = positions > 1 && shape[1] > 1 ? (shape[1], positions) : nil
        norm = hasSpectralNorm ? try SpectralNorm(name, size: (rows, columns), parameters: &parameters) : nil
        derived = norm != nil || transposition != nil ? parameters.addDerived(count: range.count) : nil
    }

    var hasSpectralNorm: Bool { norm != nil }

    /// W̃.
    func value(_ point: Point<Element>) -> Matrix<Element> {
        (derived.map { point.derived[$0] } ?? point.parameters[range]).matrix(rows: rows, columns: columns)
    }

    /// The tangent of W̃.
    func tangent(_ direction: Direction<Element>) -> Matrix<Element> {
        (derived.map { direction.derived[$0] } ?? direction.vector[range]).matrix(rows: rows, columns: columns)
    }

    func prepare(_ point: Point<Element>) {
        guard let derived else { return }
        let made = point.derived[derived]
        made.assign(point.parameters[range])
        norm?.divide(stored(made), point)
        transpose(made, to: .derived, point.scratch)
    }

    func prepareTangent(_ point: Point<Element>, along directions: Directions<Element>) {
        guard let derived else { return }
        for index in 0..<directions.count {
            let made = directions[index].derived[derived]
            made.assign(directions.vectors[index][range])
            norm?.divideTangent(stored(made), weight: stored(point.parameters[range]), point, directions[index])
            transpose(made, to: .derived, point.scratch)
        }
    }

    /// Stretches of whole rows, so that no sum crosses two; with a spectral norm, which ties all together, one.
    func pieces(_ cut: [Range<Int>]) -> [Range<Int>] { norm == nil ? cut : [0..<rows] }

    /// Where the rows `units` of ∂ℓ/∂W̃ are to be added up, `[units.count, columns]`.
    func gradient(_ units: Range<Int>, in target: GradientTarget<Element>) -> Matrix<Element> {
        target[parameterRange(units)].matrix(rows: units.count, columns: columns)
    }

    /// The parameters in the rows `units`.
    func parameterRange(_ units: Range<Int>) -> Range<Int> {
        range.lowerBound + units.lowerBound * columns..<range.lowerBound + units.upperBound * columns
    }

    /// ∂ℓ/∂W out of the sum of ∂ℓ/∂W̃.
    func finishGradient(_ units: Range<Int>, _ point: Point<Element>, in target: GradientTarget<Element>) {
        let sum = target[parameterRange(units)]
        transpose(sum, to: .stored, point.scratch)
        norm?.finish(stored(sum), weight: stored(point.parameters[range]), point, keeping: target.isTotal)
    }

    func finishGradientTangent(
        _ units: Range<Int>, _ point: Point<Element>, along direction: Direction<Element>,
        in target: GradientTarget<Element>
    ) {
        let sum = target[parameterRange(units)]
        transpose(sum, to: .stored, point.scratch)
        norm?.finishTangent(
            stored(sum), weight: stored(point.parameters[range]), range: range, point, direction)
    }

    /// ⟨G̃ᵢ, G̃ⱼ⟩ become ⟨Gᵢ, Gⱼ⟩, for gradients of rank one G̃ = δ xᵀ.
    func correct(
        _ products: Matrix<Element>, _ rows: ExampleSlice<Element>, _ columns: ExampleSlice<Element>,
        _ point: Point<Element>
    ) {
        norm?.correct(products, rows, columns, weight: value(point), point)
    }

    private enum Order { case stored, derived }

    private func transpose(_ flat: Vector<Element>, to order: Order, _ scratch: Scratch<Element>) {
        guard let (channels, positions) = transposition else { return }
        let (from, to) = order == .derived ? (channels, positions) : (positions, channels)
        scratch.withMatrix(rows: from, columns: to) { row in
            for unit in 0..<flat.count / columns {
                let part = flat[unit * columns..<(unit + 1) * columns]
                row.elements.assign(part)
                part.matrix(rows: to, columns: from).assign(transposed: row)
            }
        }
    }

    private func stored(_ flat: Vector<Element>) -> Matrix<Element> {
        flat.matrix(rows: flat.count / columns, columns: columns)
    }
}
