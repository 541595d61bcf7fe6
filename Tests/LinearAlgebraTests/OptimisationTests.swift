import LinearAlgebra
import Testing

@Suite struct OptimisationTests {
    private struct Rules {
        var theta: [Double], m: [Double], v: [Double]

        /// The papers' formulas, one parameter after the other, in double.
        mutating func step(_ rule: UpdateRule, _ gradient: [Double], _ c: UpdateConstants) {
            for i in theta.indices {
                let g = gradient[i] + (rule == .decoupledAdam ? 0 : c.weightDecay * theta[i])
                switch rule {
                case .gradientDescent: theta[i] -= c.learningRate * g
                case .momentum:
                    m[i] = c.decay1 * m[i] + g
                    theta[i] -= c.learningRate * m[i]
                case .nesterov:
                    m[i] = c.decay1 * m[i] + g
                    theta[i] -= c.learningRate * (g + c.decay1 * m[i])
                case .uncentredRMSProp:
                    v[i] = c.decay2 * v[i] + (1 - c.decay2) * g * g
                    theta[i] -= c.learningRate * g / ((v[i] + c.epsilonInRoot).squareRoot() + c.epsilon)
                case .adaGrad:
                    v[i] += g * g
                    theta[i] -= c.learningRate * g / ((v[i] + c.epsilonInRoot).squareRoot() + c.epsilon)
                case .rmsProp:
                    m[i] = c.decay2 * m[i] + (1 - c.decay2) * g
                    v[i] = c.decay2 * v[i] + (1 - c.decay2) * g * g
                    theta[i] -= c.learningRate * g / ((v[i] - m[i] * m[i] + c.epsilonInRoot).squareRoot() + c.epsilon)
                case .adam, .decoupledAdam:
                    m[i] = c.decay1 * m[i] + (1 - c.decay1) * g
                    v[i] = c.decay2 * v[i] + (1 - c.decay2) * g * g
                    let (first, second) = (m[i] * c.correction1, v[i] * c.correction2)
                    let shrunk = rule == .decoupledAdam ? c.learningRate * c.weightDecay * theta[i] : 0
                    theta[i] -= c.learningRate * first / ((second + c.epsilonInRoot).squareRoot() + c.epsilon) + shrunk
                }
            }
        }
    }

    @Test(arguments: UpdateRule.allCases)
    func stepsFollowTheFormulas(_ rule: UpdateRule) {
        steps(rule, Float.self)
        steps(rule, Double.self)
    }

    /// Oracle: `Rules`. Each step makes about ten roundings of numbers no larger than θ, m, v or the step itself, whose
    /// denominators are at least √ε̄; RMSProp's variance v − m² loses by cancellation what v/(v − m²) says, at most 100
    /// here (ε̄ = 0.01 against v ≤ 1): so 1000 eps for five steps of size α ≤ 0.01, and 50 eps for θ.
    private func steps<Element: Scalar>(_ rule: UpdateRule, _ type: Element.Type) {
        let count = 77
        let theta = Comparison.vector(count, "theta", type)
        let m = Vector<Element>(count: count)
        let v = Vector<Element>(count: count)
        var oracle = Rules(theta: theta.doubles, m: m.doubles, v: v.doubles)
        for step in 1...5 {
            var constants = UpdateConstants(learningRate: 0.01)
            (constants.decay1, constants.decay2) = (0.875, 0.9375)
            (constants.epsilon, constants.epsilonInRoot, constants.weightDecay) = (0.001, 0.01, 0.125)
            let powers = (0..<step).reduce((1.0, 1.0)) { power, _ in (power.0 * 0.875, power.1 * 0.9375) }
            (constants.correction1, constants.correction2) = (1 / (1 - powers.0), 1 / (1 - powers.1))
            let gradient = Comparison.vector(count, "g\(step)", type)
            theta.update(rule, gradient: gradient, first: m, second: v, constants: constants)
            oracle.step(rule, gradient.doubles, constants)
        }
        let eps = Comparison.epsilon(type)
        Comparison.expect(theta, oracle.theta) { eps * (50 * abs(oracle.theta[$0]) + 10) }
        if rule.hasFirstMoment { Comparison.expect(m, oracle.m) { eps * (50 * abs(oracle.m[$0]) + 20) } }
        if rule.hasSecondMoment { Comparison.expect(v, oracle.v) { eps * (50 * oracle.v[$0] + 20) } }
    }
}
