import Files
import LinearAlgebra
import Networks
import TestSupport
import Testing
import Training

@Suite struct RestraintTests {
    /// Oracle: a set of indices, one by one.
    @Test(arguments: 0..<40) func whatMovesIsWhatIsNotFrozen(_ seed: Int) {
        var source = RandomSource(seed: UInt64(seed), stream: "ranges")
        func range() -> Range<Int> {
            let start = source.index(below: 30)
            return start..<start + source.index(below: 8)
        }
        let frozen = (0..<source.index(below: 5)).map { _ in range() }
        let restraint = Restraint<Float>(frozen: frozen)
        let held = Set(frozen.joined())
        for _ in 0..<10 {
            let part = range()
            let moving = restraint.moving(in: part)
            #expect(moving.flatMap(Array.init) == part.filter { !held.contains($0) }, "\(frozen) in \(part)")
            #expect(moving.allSatisfy { !$0.isEmpty })
            #expect(restraint.holds(part) == part.contains { held.contains($0) })
        }
    }

    /// Oracle: the bytes before, for what is frozen; those of the step without restraint, for all else: one step's gradient
    /// does not know what is frozen. Moments likewise, in every rule.
    @Test(arguments: [
        OptimiserConfiguration.sgd(learningRate: 0.1), .momentum(learningRate: 0.1), .rmsProp(), .adam(),
    ])
    func theFrozenStayToTheByte(_ configuration: OptimiserConfiguration) throws {
        let free = try makeStep(configuration)
        let held = try makeStep(configuration)
        let count = held.parameters.vector.count
        // Within a weight, a whole bias, and across tensors; the first is cut within a piece of the gradient.
        let frozen = [37..<5000, 6000..<6301, 80_000..<count]
        let batch = Batch(examples: 40)
        for step in [free, held] { try warmUp(step, batch) }
        let before = (held.parameters.vector.array, held.optimiser.moments.map(\.values.array))
        held.restraint = Restraint(frozen: frozen)
        for step in [free, held] { _ = try step.run(batch.loss, inputs: batch.inputs) }
        let frozenIndices = frozen.flatMap(Array.init)
        let isFrozen = Set(frozenIndices)
        for index in 0..<count {
            let expected = isFrozen.contains(index) ? before.0[index] : free.parameters.vector[index]
            guard held.parameters.vector[index] == expected else {
                Issue.record("parameter \(index)")
                return
            }
        }
        for (number, moment) in held.optimiser.moments.enumerated() {
            let unheld = free.optimiser.moments[number].values
            let isRight = (0..<count).allSatisfy {
                moment.values[$0] == (isFrozen.contains($0) ? before.1[number][$0] : unheld[$0])
            }
            #expect(isRight, "moment \(moment.name)")
        }
        // They do move when they are let go.
        held.restraint = nil
        _ = try held.run(batch.loss, inputs: batch.inputs)
        #expect(frozenIndices.contains { held.parameters.vector[$0] != before.0[$0] })
    }

    /// Oracle: θ − α (g + λ (θ − θ₀)), g from `LinearisedNetwork`, in double precision. In single the sum has five roundings
    /// of 2⁻²⁴ of terms that are at most |g| + λ(|θ| + |θ₀|), times α, and one of |θ|.
    @Test func theAnchorAddsItsTerm() throws {
        let (rate, strength) = (0.1, 0.3)
        let step = try makeStep(.sgd(learningRate: rate))
        let batch = Batch(examples: 40)
        let theta = step.parameters.copy()
        let anchor = Parameters<Float>(initialising: theta.layout, seed: 99).vector
        let gradient = try LinearisedNetwork(
            step.passes.network, at: theta, inputs: batch.inputs, loss: batch.loss, workers: .one
        ).gradient()
        step.restraint = Restraint(anchor: (strength, anchor))
        _ = try step.run(batch.loss, inputs: batch.inputs)
        for index in 0..<theta.vector.count {
            let (old, goal, slope) = (Double(theta.vector[index]), Double(anchor[index]), Double(gradient[index]))
            let expected = old - rate * (slope + strength * (old - goal))
            let size = abs(old) + 5 * rate * (abs(slope) + strength * (abs(old) + abs(goal)))
            guard abs(Double(step.parameters.vector[index]) - expected) <= 0x1p-23 * size else {
                Issue.record("parameter \(index): \(step.parameters.vector[index]) and not \(expected)")
                return
            }
        }
    }

    /// Oracle: an optimiser made anew, which takes the same steps on the same gradients.
    @Test(arguments: [OptimiserConfiguration.momentum(learningRate: 0.1), .rmsProp(), .adam()])
    func anOptimiserThatRestartsIsAFreshOne(_ configuration: OptimiserConfiguration) throws {
        let used = try Optimiser<Float>(configuration, parameterCount: 50)
        let parameters = Vector<Float>(count: 50)
        var source = RandomSource(seed: 3)
        func step(_ optimiser: Optimiser<Float>, _ vector: Vector<Float>, _ gradient: Vector<Float>) {
            optimiser.beginStep().apply(to: vector, gradient: gradient, range: 0..<50)
        }
        func gradient() -> Vector<Float> {
            let gradient = Vector<Float>(count: 50)
            gradient.fillNormal(using: &source)
            return gradient
        }
        for _ in 0..<5 { step(used, parameters, gradient()) }
        used.restart()
        #expect(used.step == 5 && used.restartStep == 5)
        #expect(used.moments.allSatisfy { $0.values.array.allSatisfy { $0 == 0 } })
        let twin = parameters.copy()
        let fresh = try Optimiser<Float>(configuration, parameterCount: 50)
        // One that is saved on the way and goes on, too.
        let resumed = try Optimiser<Float>(configuration, parameterCount: 50)
        let third = parameters.copy()
        for number in 0..<4 {
            let slope = gradient()
            step(used, parameters, slope)
            step(fresh, twin, slope)
            #expect(parameters.array == twin.array)
            if number == 1 {
                let moments = Dictionary(uniqueKeysWithValues: used.moments.map { ($0.name, $0.values.array) })
                try resumed.restore(step: used.step, restartStep: used.restartStep, moments: moments)
                third.assign(parameters)
            } else if number > 1 {
                step(resumed, third, slope)
                #expect(third.array == twin.array)
            }
        }
        #expect(resumed.step == 9 && resumed.restartStep == 5)
        #expect(throws: Fault.self) { try resumed.restore(step: 3, restartStep: 4, moments: [:]) }
    }

    private struct Batch {
        let inputs: Matrix<Float>
        let loss: CrossEntropy<Float>

        init(examples: Int) {
            var source = RandomSource(seed: 8)
            inputs = Matrix(rows: examples, columns: 20)
            inputs.elements.fillNormal(using: &source)
            loss = CrossEntropy(labels: (0..<examples).map { _ in source.index(below: 4) })
        }
    }

    /// So that moments are not zero.
    private func warmUp(_ step: TrainingStep<Float>, _ batch: Batch) throws {
        for _ in 0..<3 { _ = try step.run(batch.loss, inputs: batch.inputs) }
    }

    private func makeStep(_ configuration: OptimiserConfiguration) throws -> TrainingStep<Float> {
        let network = try Network<Float>(TrainingStepTests.architecture)
        return TrainingStep(
            network, parameters: Parameters(initialising: network.layout, seed: 5),
            optimiser: try Optimiser(configuration, parameterCount: network.layout.count), examples: 40,
            workers: Workers(2))
    }
}
