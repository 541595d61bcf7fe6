import LinearAlgebra

/// ℓᵢ = ⟨wᵢ, fᵢ⟩: what picks rows out of a Jacobian. Its gradient is wᵢ/N, and it has no second derivative.
///
/// With an example repeated for each of several w the examples' gradients are Jᵢᵀ w, so that all that can be had of
/// examples' gradients can be had of the Jacobian.
struct LinearFunctional<Element: Scalar>: OutputFunctional {
    /// w, `[N, outputs]`.
    let weights: Matrix<Element>
    var exampleCount: Int { weights.rows }

    func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> { LayerRecord() }

    func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>, values: Vector<Double>
    ) {
        let rows = weights.rows(range)
        cotangent.assign(rows)
        cotangent.elements.scale(by: 1 / Element(exampleCount))
        for row in 0..<range.count { values[row] = rows.row(row).dot(outputs.row(row)) }
    }

    func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        result.fill(0)
    }
}
