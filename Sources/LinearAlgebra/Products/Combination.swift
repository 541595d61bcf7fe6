/// Weighted sums of vectors, read and written once.
extension Vector {
    /// One to three terms fit into one pass.
    public static var mostTerms: Int { 3 }

    /// self = Σ factorᵢ · vectorᵢ, added from the left; a vector whose factor is 0 is not read, and one alone whose
    /// factor is 1 is copied: so a point's own coordinates give its own bytes.
    ///
    /// - Parameter terms: one to three; none may share memory with this vector.
    public func assign(sum terms: [(factor: Element, vector: Vector)]) {
        precondition(!terms.isEmpty && terms.count <= Self.mostTerms, "a sum of \(terms.count) vectors")
        for term in terms {
            precondition(term.vector.count == count, "a vector of \(count) cannot sum one of \(term.vector.count)")
        }
        let needed = terms.filter { $0.factor != 0 }
        guard let first = needed.first else { return fill(0) }
        if needed.count == 1 && first.factor == 1 { return assign(first.vector) }
        defer { keepAlive(self, terms) }
        Element.combine(start, needed.map { CombinationTerm(factor: $0.factor, vector: $0.vector.start) }, count)
    }
}
