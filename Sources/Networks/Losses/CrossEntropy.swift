public import LinearAlgebra

/// `cross_entropy`: ℓᵢ = log Σₖ exp fᵢₖ − fᵢ,yᵢ.
///
/// Gradient (p − e_y)/N with p = softmax f; Hessian (diag p − p pᵀ)/N, which does not depend on the label.
public struct CrossEntropy<Element: Scalar>: Loss {
    /// y, `[N]`.
    public let labels: [Int]
    public var kind: LossKind { .crossEntropy }
    public var exampleCount: Int { labels.count }

    public init(labels: [Int]) { self.labels = labels }

    /// p, `[n, outputs]`.
    public func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> {
        LayerRecord(saved: [Matrix(rows: examples, columns: outputs)])
    }

    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>
    ) -> [Double] {
        let probabilities = record.saved[0]
        let logSums = probabilities.assign(softmax: outputs)
        cotangent.elements.assign(probabilities.elements)
        for row in 0..<range.count { cotangent[row, labels[range.lowerBound + row]] -= 1 }
        cotangent.elements.scale(by: 1 / Element(labels.count))
        return (0..<range.count).map { logSums[$0] - Double(outputs[$0, labels[range.lowerBound + $0]]) }
    }

    public func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        result.assign(softmaxHessian: record.saved[0], times: tangent, factor: 1 / Element(labels.count))
    }
}
