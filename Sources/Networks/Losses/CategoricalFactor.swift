import LinearAlgebra

/// What belongs to the distribution softmax(f) of one row of logits, in double precision.
struct CategoricalFactor {
    /// p, `[K]`.
    let probabilities: [Double]

    /// - Parameter logits: f, `[K]`.
    init<Element: Scalar>(logits: Vector<Element>) {
        let wide = Vector<Double>(converting: logits).matrix(rows: 1, columns: logits.count)
        let p = Matrix<Double>(rows: 1, columns: logits.count)
        _ = p.assign(softmax: wide)
        probabilities = p.array
    }

    /// K − 1 vectors s with Σ s sᵀ = diag p − p pᵀ.
    ///
    /// diag p − p pᵀ = D (I − r rᵀ) D with r = √p, of length 1, and D = diag r. I − r rᵀ = Q Qᵀ for the columns of the
    /// Householder reflector that maps r to an axis m, without column m: column j is eⱼ − rⱼ/(1 + r_m) (r + e_m). With m
    /// the largest p nothing cancels, so that small p keep their digits.
    func hessianFactor() -> [[Double]] {
        let roots = probabilities.map { $0.squareRoot() }
        let largest = roots.indices.max { roots[$0] < roots[$1] } ?? 0
        return roots.indices.filter { $0 != largest }.map { j in
            roots.indices.map { k in
                let reflected = k == largest ? -roots[j] : -roots[j] * roots[k] / (1 + roots[largest])
                return roots[k] * (k == j ? 1 + reflected : reflected)
            }
        }
    }

    /// p − e_y for a label y drawn from p; its entry at y is −Σ of the others, which keeps its digits.
    func drawnGradient(using source: inout RandomSource) -> [Double] {
        let label = label(at: source.uniform())
        var gradient = probabilities
        gradient[label] = 0
        gradient[label] = -gradient.reduce(0, +)
        return gradient
    }

    /// The label whose stretch of the cumulative distribution `share` falls into; what rounding leaves at the end goes
    /// to the last label with a probability.
    private func label(at share: Double) -> Int {
        var sum = 0.0
        for (label, probability) in probabilities.enumerated() {
            sum += probability
            if share < sum { return label }
        }
        return probabilities.lastIndex { $0 > 0 } ?? 0
    }
}

extension RandomSource {
    /// The stream that the targets of one example are drawn from.
    init(targetsOf example: Int, seed: UInt64) { self.init(seed: seed, stream: "fisher targets \(example)") }
}
