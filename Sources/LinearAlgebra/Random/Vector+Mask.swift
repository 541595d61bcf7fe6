extension Vector {
    /// 0 with probability `probability`, else 1/(1 − `probability`): a mask that leaves means as they are.
    public func fillMask(dropping probability: Double, using source: inout RandomSource) {
        precondition(probability >= 0 && probability < 1, "a mask that drops with probability \(probability)")
        defer { keepAlive(self) }
        // A draw of 53 bits is below the bound with that probability, to 2⁻⁵³.
        let bound = UInt64((probability * 0x1p53).rounded())
        let kept = Element(1 / (1 - probability))
        for index in 0..<count { start[index] = (source.next() >> 11) < bound ? 0 : kept }
    }
}
