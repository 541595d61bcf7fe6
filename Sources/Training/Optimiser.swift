public import Files
public import LinearAlgebra

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An optimiser at work: its moments, one flat vector each, and the number of steps taken.
public final class Optimiser<Element: Scalar> {
    public let configuration: OptimiserConfiguration
    public let parameterCount: Int
    /// t, the steps begun so far.
    public private(set) var step = 0
    /// The step after which it began afresh; 0 where it never did.
    public private(set) var restartStep = 0
    private let first: Vector<Element>?
    private let second: Vector<Element>?

    /// Moments of zero, for `parameterCount` parameters.
    ///
    /// - Throws: as `OptimiserConfiguration.validate`.
    public init(_ configuration: OptimiserConfiguration, parameterCount: Int) throws(Fault) {
        try configuration.validate()
        self.configuration = configuration
        self.parameterCount = parameterCount
        let names = configuration.momentNames
        first = names.contains("first") ? Vector(count: parameterCount) : nil
        second = names.contains("second") ? Vector(count: parameterCount) : nil
    }

    /// Counts one more step and gives its constants, ready to be applied to any stretch of the parameters.
    public func beginStep() -> OptimiserStep<Element> {
        step += 1
        var constants = UpdateConstants(learningRate: configuration.learningRate)
        constants.decay1 = configuration.decay1
        constants.decay2 = configuration.decay2
        constants.epsilon = configuration.epsilon
        constants.epsilonInRoot = configuration.epsilonInRoot
        constants.weightDecay = configuration.weightDecay
        constants.correction1 = 1 / (1 - pow(configuration.decay1, Double(step - restartStep)))
        constants.correction2 = 1 / (1 - pow(configuration.decay2, Double(step - restartStep)))
        return OptimiserStep(rule: configuration.rule, constants: constants, first: first, second: second)
    }

    /// The moments by name (`first`, `second`), views: what must be saved, with `step`, to go on from here.
    public var moments: [(name: String, values: Vector<Element>)] {
        [("first", first), ("second", second)].compactMap { name, values in values.map { (name, $0) } }
    }

    /// Forgets all moments, and counts the steps of their bias corrections from here; `step` goes on.
    public func restart() {
        for (_, values) in moments { values.fill(0) }
        restartStep = step
    }

    /// Takes up a saved state.
    ///
    /// - Parameter restartStep: as the property.
    /// - Throws: `Fault` of kind `data` when a moment is missing or of another length.
    public func restore(step: Int, restartStep: Int = 0, moments saved: [String: [Element]]) throws(Fault) {
        guard step >= 0, (0...step).contains(restartStep) else {
            throw Fault(.data, "has taken \(step) steps, and began afresh after \(restartStep)", at: "optimiser")
        }
        for (name, values) in moments {
            guard let found = saved[name], found.count == values.count else {
                throw Fault(
                    .data, "has \(saved[name]?.count ?? 0) numbers where \(values.count) are needed",
                    at: "optimiser moment '\(name)'", remedy: "The saved state belongs to another network or optimiser")
            }
            values.assign(found)
        }
        self.step = step
        self.restartStep = restartStep
    }
}

/// One step of an optimiser, which tasks apply to stretches of the parameters in any order.
public struct OptimiserStep<Element: Scalar>: Sendable {
    let rule: UpdateRule
    let constants: UpdateConstants
    let first: Vector<Element>?
    let second: Vector<Element>?

    /// Moves the parameters `range` of the whole flat vector, and their moments, along `gradient`, which is theirs alone.
    public func apply(to parameters: Vector<Element>, gradient: Vector<Element>, range: Range<Int>) {
        parameters[range].update(
            rule, gradient: gradient, first: first?[range], second: second?[range], constants: constants)
    }
}
