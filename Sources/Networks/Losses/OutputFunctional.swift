public import LinearAlgebra

/// A function of the outputs that can be differentiated: the mean over `exampleCount` examples of one of each example's.
///
/// It works on a tile, some consecutive examples, with outputs f `[n, outputs]`. Derivatives are those of the mean, so
/// they carry the factor 1 / `exampleCount`.
public protocol OutputFunctional<Element>: Sendable {
    associatedtype Element: Scalar

    /// N, over which the mean is taken.
    var exampleCount: Int { get }

    /// Memory for what `evaluate` leaves for `multiplyByHessian`, for a tile of `examples`.
    func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element>

    /// The values ℓᵢ of the examples `range`, `[n]`, and ∂(mean ℓ)/∂f in `cotangent`; both overwritten.
    func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>, values: Vector<Double>)

    /// result = ∂²(mean ℓ)/∂f² · tangent, example by example, at the outputs last evaluated.
    func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>)
}

extension OutputFunctional {
    /// As above, the values in memory of their own.
    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>
    ) -> [Double] {
        let values = Vector<Double>(count: range.count)
        evaluate(outputs, examples: range, record: record, cotangent: cotangent, values: values)
        return values.array
    }

    /// ∂ℓᵢ/∂f, without the mean's 1/N: one row an example.
    ///
    /// - Parameter outputs: f, `[N, outputs]`.
    public func gradients(at outputs: Matrix<Element>) -> OutputFactor<Element> {
        let cotangents = Matrix<Element>(rows: outputs.rows, columns: outputs.columns)
        let record = makeRecord(examples: outputs.rows, outputs: outputs.columns)
        _ = evaluate(outputs, examples: 0..<outputs.rows, record: record, cotangent: cotangents)
        cotangents.elements.scale(by: Element(outputs.rows))
        return OutputFactor(cotangents, rowsOfExamples: Array(repeating: 1, count: outputs.rows))
    }
}
