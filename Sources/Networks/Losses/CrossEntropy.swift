public import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `cross_entropy`: ℓᵢ = log Σₖ exp fᵢₖ − fᵢ,yᵢ.
///
/// Gradient (p − e_y)/N with p = softmax f; Hessian (diag p − p pᵀ)/N, which does not depend on the label.
///
/// Neither is left to the difference of p_y and 1, which in single precision is 0 once an example is fitted to 10⁻⁷:
/// p_y − 1 is −Σ of the other p, and the Hessian, which no constant added to its vector changes, takes the vector
/// relative to its entry of the largest p. So small gradients keep their direction, and their cosines are right.
public struct CrossEntropy<Element: Scalar>: Loss {
    /// y, `[N]`.
    public let labels: [Int]
    public var kind: LossKind { .crossEntropy }
    public var exampleCount: Int { labels.count }

    public init(labels: [Int]) { self.labels = labels }

    /// p and room for a tangent, `[n, outputs]`, and the index of the largest p, `[n, 1]`.
    public func makeRecord(examples: Int, outputs: Int) -> LayerRecord<Element> {
        LayerRecord(saved: [
            Matrix(rows: examples, columns: outputs), Matrix(rows: examples, columns: outputs),
            Matrix(rows: examples, columns: 1),
        ])
    }

    public func evaluate(
        _ outputs: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        cotangent: Matrix<Element>, values: Vector<Double>
    ) {
        let probabilities = record.saved[0]
        let logSums = probabilities.assign(softmax: outputs)
        cotangent.elements.assign(probabilities.elements)
        // All at once: a generic element at a time costs more than the softmax.
        let numbers = probabilities.elements.doubles
        let width = outputs.columns
        for row in 0..<range.count {
            let label = labels[range.lowerBound + row]
            let others = cotangent.row(row)
            others[label] = 0
            others[label] = -Element(others.sum)
            let largest = (0..<width).max { numbers[row * width + $0] < numbers[row * width + $1] } ?? 0
            record.saved[2][row, 0] = Element(largest)
        }
        cotangent.elements.scale(by: 1 / Element(labels.count))
        writeValues(outputs, labels[range], logSums, into: values)
    }

    /// log Σₖ exp f_k − f_y; where that is the difference of two numbers much larger, log1p Σ_{k≠y} exp(f_k − f_y).
    private func writeValues(
        _ outputs: Matrix<Element>, _ labels: ArraySlice<Int>, _ logSums: [Double], into values: Vector<Double>
    ) {
        let (logits, width) = (outputs.elements.doubles, outputs.columns)
        for (row, label) in labels.enumerated() {
            let own = logits[row * width + label]
            values[row] = logSums[row] - own
            guard values[row] < 0.01 else { continue }
            let others = (0..<width).reduce(0.0) { sum, output in
                output == label ? sum : sum + exp(logits[row * width + output] - own)
            }
            values[row] = log1p(others)
        }
    }

    public func multiplyByHessian(
        _ tangent: Matrix<Element>, examples range: Range<Int>, record: LayerRecord<Element>,
        into result: Matrix<Element>
    ) {
        let relative = record.saved[1]
        for row in 0..<range.count {
            let entries = relative.row(row)
            let base = tangent[row, Int(record.saved[2][row, 0])]
            entries.fill(-base)
            entries.add(1, tangent.row(row))
        }
        result.assign(softmaxHessian: record.saved[0], times: relative, factor: 1 / Element(labels.count))
    }
}

/// The categorical distribution of the logits.
extension CrossEntropy {
    public func hessianRank(outputs: Int) -> Int { outputs - 1 }

    /// See `CategoricalFactor`.
    public func hessianFactor(at outputs: Matrix<Element>) -> OutputFactor<Element> {
        OutputFactor(
            rounding: (0..<outputs.rows).map { CategoricalFactor(logits: outputs.row($0)).hessianFactor() },
            outputs: outputs.columns)
    }

    /// p − e_y with y drawn from p.
    public func drawnGradients(
        at outputs: Matrix<Element>, samples: Int, seed: UInt64
    ) -> OutputFactor<Element>? {
        let scale = 1 / Double(samples).squareRoot()
        let rows = (0..<outputs.rows).map { example in
            let distribution = CategoricalFactor(logits: outputs.row(example))
            var source = RandomSource(targetsOf: example, seed: seed)
            return (0..<samples).map { _ in distribution.drawnGradient(using: &source).map { $0 * scale } }
        }
        return OutputFactor(rounding: rows, outputs: outputs.columns)
    }
}
