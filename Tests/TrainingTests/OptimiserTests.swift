import Files
import LinearAlgebra
import TestSupport
import Testing
import Training

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct OptimiserTests {
    static let configurations: [OptimiserConfiguration] = {
        var decayed = OptimiserConfiguration.adam(learningRate: 0.05, epsilon: 1e-3)
        decayed.weightDecay = 0.3
        var decayedSGD = OptimiserConfiguration.sgd(learningRate: 0.1)
        decayedSGD.weightDecay = 0.2
        return [
            .sgd(learningRate: 0.1), decayedSGD, .momentum(learningRate: 0.1, decay: 0.7),
            .rmsProp(learningRate: 0.01, decay: 0.8, epsilon: 1e-2), .rmsProp(learningRate: 0.01, epsilonInRoot: 1e-2),
            .nesterov(learningRate: 0.1, decay: 0.7), .uncentredRMSProp(epsilon: 1e-2), .adaGrad(learningRate: 0.05),
            .adamW(learningRate: 0.05, weightDecay: 0.3),
            .adam(learningRate: 0.05), .adam(learningRate: 0.05, decay2: 0.9, epsilonInRoot: 1e-3), decayed,
        ]
    }()

    /// Oracle: the formulas in scalar arithmetic, written out again. Twelve steps of some ten operations each, in
    /// double precision, whose rounding (and fused products) differ by a few 1e-16 each and meet no cancellation beyond
    /// v − m² of about a tenth of v: 1e-12 leaves a factor of ten.
    @Test(arguments: configurations)
    func stepsAreThoseOfTheFormulas(_ configuration: OptimiserConfiguration) throws {
        let count = 37
        var source = RandomSource(seed: 3)
        let parameters = Vector<Double>(count: count)
        let gradient = Vector<Double>(count: count)
        parameters.fillNormal(using: &source)
        var scalars = parameters.array.map { ScalarOptimiser(configuration, parameter: $0) }
        let optimiser = try Optimiser<Double>(configuration, parameterCount: count)
        for _ in 0..<12 {
            gradient.fillNormal(using: &source)
            let step = optimiser.beginStep()
            // In two pieces, the later one first: pieces come in any order.
            step.apply(to: parameters, gradient: gradient[20..<count], range: 20..<count)
            step.apply(to: parameters, gradient: gradient[0..<20], range: 0..<20)
            for index in 0..<count { scalars[index].step(gradient[index]) }
        }
        #expect(optimiser.step == 12)
        #expect(relativeError(parameters.doubles, scalars.map(\.parameter)) < 1e-12)
    }

    /// Oracle: the closed form of Adam's first step from moments of zero, m̂ = g and v̂ = g²: θ moves by
    /// α g / (√(g² + ε̄) + ε). Six operations: 1e-14.
    @Test func firstAdamStepHasBothEpsilons() throws {
        let optimiser = try Optimiser<Double>(
            .adam(learningRate: 0.5, epsilon: 0.25, epsilonInRoot: 7), parameterCount: 1)
        let parameters = Vector<Double>([2])
        let gradient = Vector<Double>([3])
        optimiser.beginStep().apply(to: parameters, gradient: gradient, range: 0..<1)
        // √(9 + 7) = 4.
        #expect(abs(parameters[0] - (2 - 0.5 * 3 / 4.25)) < 1e-14)
    }

    /// Oracle: an optimiser that was never saved. Equal to the bit.
    @Test(arguments: configurations)
    func aRestoredOptimiserGoesOnTheSame(_ configuration: OptimiserConfiguration) throws {
        var source = RandomSource(seed: 4)
        let count = 19
        let gradients = (0..<8).map { _ in
            let gradient = Vector<Float>(count: count)
            gradient.fillNormal(using: &source)
            return gradient
        }
        func train(_ optimiser: Optimiser<Float>, _ parameters: Vector<Float>, _ steps: Range<Int>) {
            for step in steps {
                optimiser.beginStep().apply(to: parameters, gradient: gradients[step], range: 0..<count)
            }
        }
        let whole = try Optimiser<Float>(configuration, parameterCount: count)
        let parameters = Vector<Float>(count: count)
        train(whole, parameters, 0..<5)
        let resumed = try Optimiser<Float>(configuration, parameterCount: count)
        let moments = Dictionary(uniqueKeysWithValues: whole.moments.map { ($0.name, $0.values.array) })
        try resumed.restore(step: whole.step, moments: moments)
        let copy = parameters.copy()
        train(whole, parameters, 5..<8)
        train(resumed, copy, 5..<8)
        #expect(parameters.array == copy.array)
        #expect(resumed.step == 8)
    }

    @Test func stateOfAnotherNetworkIsRefused() throws {
        let optimiser = try Optimiser<Float>(.adam(), parameterCount: 4)
        let fault = #expect(throws: Fault.self) {
            try optimiser.restore(step: 1, moments: ["first": [0, 0, 0, 0], "second": [0]])
        }
        #expect(fault?.kind == .data)
        #expect(fault?.place.contains("second") == true)
    }

    @Test func constantsOutOfRangeAreNamed() {
        let wrong: [(String, OptimiserConfiguration)] = [
            ("learning_rate", .sgd(learningRate: 0)), ("learning_rate", .sgd(learningRate: .nan)),
            ("decay1", .momentum(learningRate: 1, decay: 1)), ("decay2", .adam(decay2: -0.1)),
            ("epsilon", .adam(epsilon: -1)), ("epsilon_in_root", .rmsProp(epsilonInRoot: .infinity)),
            ("epsilons", .adam(epsilon: 0)), ("epsilon 1e-50", .adam(epsilon: 1e-50)),
            ("epsilon_in_root 1e-60", .rmsProp(epsilon: 0, epsilonInRoot: 1e-60)),
        ]
        for (name, configuration) in wrong {
            let fault = #expect(throws: Fault.self) { try configuration.validate() }
            #expect(fault?.kind == .usage)
            #expect(fault?.what.contains(name) == true, "\(fault?.what ?? "")")
        }
    }

    /// An epsilon that vanishes in single precision does no harm beside one that does not.
    @Test(arguments: [
        OptimiserConfiguration.adam(epsilon: 1e-9), .adam(epsilon: 1e-50, epsilonInRoot: 1e-30),
        .adam(epsilon: 1e-30, epsilonInRoot: 1e-50), .sgd(learningRate: 1),
    ])
    func epsilonsThatAreEnough(_ configuration: OptimiserConfiguration) throws { try configuration.validate() }
}

/// One parameter with its moments, as the formulas have it.
private struct ScalarOptimiser {
    let configuration: OptimiserConfiguration
    var parameter: Double
    var m = 0.0
    var v = 0.0
    var t = 0.0

    init(_ configuration: OptimiserConfiguration, parameter: Double) {
        self.configuration = configuration
        self.parameter = parameter
    }

    mutating func step(_ gradient: Double) {
        let c = configuration
        let g = gradient + (c.kind == .adamW ? 0 : c.weightDecay * parameter)
        t += 1
        switch c.kind {
        case .sgd: parameter -= c.learningRate * g
        case .momentum:
            m = c.decay1 * m + g
            parameter -= c.learningRate * m
        case .nesterov:
            m = c.decay1 * m + g
            parameter -= c.learningRate * (g + c.decay1 * m)
        case .uncentredRMSProp:
            v = c.decay2 * v + (1 - c.decay2) * g * g
            parameter -= c.learningRate * g / ((v + c.epsilonInRoot).squareRoot() + c.epsilon)
        case .adaGrad:
            v += g * g
            parameter -= c.learningRate * g / ((v + c.epsilonInRoot).squareRoot() + c.epsilon)
        case .rmsProp:
            m = c.decay2 * m + (1 - c.decay2) * g
            v = c.decay2 * v + (1 - c.decay2) * g * g
            parameter -= c.learningRate * g / ((max(0, v - m * m) + c.epsilonInRoot).squareRoot() + c.epsilon)
        case .adam, .adamW:
            m = c.decay1 * m + (1 - c.decay1) * g
            v = c.decay2 * v + (1 - c.decay2) * g * g
            let mean = m / (1 - pow(c.decay1, t))
            let square = v / (1 - pow(c.decay2, t))
            let decay = c.kind == .adamW ? c.learningRate * c.weightDecay * parameter : 0
            parameter -= c.learningRate * mean / ((square + c.epsilonInRoot).squareRoot() + c.epsilon) + decay
        }
    }
}
