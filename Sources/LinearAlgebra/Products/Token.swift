/// Softmax over rows and its derivatives, for attention. All matrices are of one shape, without gaps between rows.
extension Matrix {
    /// Each row of self = softmax of what it was.
    public func replaceRowsBySoftmax() {
        guard columns > 0 else { return }
        defer { keepAlive(self) }
        Element.softmaxRows(elements.start, (rows, columns))
    }

    /// Each row of self, a tangent t of logits, becomes that of their softmax p: p ∘ (t − Σ p t).
    public func replaceRowsBySoftmaxTangent(weights p: Matrix) {
        checkShape(p)
        defer { keepAlive(self, p) }
        Element.softmaxTangent(elements.start, p.elements.start, (rows, columns))
    }

    /// Each row of self = p ∘ g, the cotangent of logits whose softmax p has the cotangent g; and g loses its mean, Σ p g.
    public func assign(softmaxCotangent g: Matrix, weights p: Matrix) {
        checkShape(g)
        checkShape(p)
        defer { keepAlive(self, g, p) }
        Element.softmaxCotangent(elements.start, g.elements.start, p.elements.start, (rows, columns))
    }

    /// The tangent of `assign(softmaxCotangent:weights:)`: each row of self, the tangent t of the softmax's cotangent,
    /// becomes ṗ ∘ g + p ∘ t − p Σ (ṗ g + p t), the tangent of the logits' cotangent; which itself, p ∘ g, goes to
    /// `cotangent`.
    ///
    /// - Parameters:
    ///   - tangent: ṗ.
    ///   - bends: g without its mean, as `assign(softmaxCotangent:weights:)` left it.
    public func replaceRowsBySoftmaxCotangentTangent(
        weights p: Matrix, tangent: Matrix, bends g: Matrix, cotangent: Matrix
    ) {
        checkShape(p)
        checkShape(tangent)
        checkShape(g)
        checkShape(cotangent)
        defer { keepAlive(self, p, tangent, g, cotangent) }
        Element.softmaxCotangentTangent(
            SoftmaxBuffers(
                t: elements.start, s: cotangent.elements.start, p: p.elements.start,
                tangent: tangent.elements.start, g: g.elements.start), (rows, columns))
    }

    private func checkShape(_ other: Matrix) {
        precondition(
            other.rows == rows && other.columns == columns,
            "rows of a \(rows)×\(columns) matrix with those of one of \(other.rows)×\(other.columns)")
    }
}
