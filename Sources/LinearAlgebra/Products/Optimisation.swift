extension Vector {
    /// One step of an optimiser on this stretch of parameters, moments included.
    ///
    /// `first` and `second` are the moments that the rule keeps.
    public func update(
        _ rule: UpdateRule, gradient: Vector, first: Vector?, second: Vector?, constants: UpdateConstants
    ) {
        precondition(gradient.count == count, "\(count) parameters with a gradient of \(gradient.count)")
        precondition(!rule.hasFirstMoment || first?.count == count, "\(rule) needs a first moment of \(count)")
        precondition(!rule.hasSecondMoment || second?.count == count, "\(rule) needs a second moment of \(count)")
        defer { keepAlive(self, gradient, first, second) }
        Element.update(
            rule,
            UpdateBuffers(parameters: start, gradient: gradient.start, first: first?.start, second: second?.start),
            constants, count)
    }
}
