import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Properties of gradients and products that hold at every point of every network, over random architectures.
@Suite struct PropertyTests {
    static let families = ArchitectureFamily.allCases
    static let seeds = Array(1...12 as ClosedRange<UInt64>)

    /// Oracle: the extrapolated limit of central differences of the loss, with its own estimate of its error. The
    /// differences carry rounding of 2⁻⁵³ |ℓ| / h with h ≥ 2⁻¹², some 1e-12 of the loss.
    @Test(arguments: families, seeds)
    func gradientIsTheDerivativeOfTheLoss(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try expectGradient(RandomProblem(family, seed: seed, smooth: true))
    }

    /// Oracle: central differences of the gradient: their extrapolated limit, and that their error falls with h².
    @Test(arguments: families, seeds)
    func productIsTheSecondOrderLimitOfDifferences(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        try expectProduct(RandomProblem(family, seed: seed, smooth: true))
    }

    /// Oracle: central differences so small that most cross no kink. An error of theirs of c h² shows in how much they
    /// change from h to h/2, 3/4 c h², so the half step is off by a third of the change (allowed: three times it, and
    /// rounding of 2⁻⁵³/h ≈ 1e-11). A kink within the step changes them by about as much as it makes them wrong: such
    /// cases are passed over, a third of all at most.
    @Test(arguments: families)
    func productIsTheLimitOfDifferencesBetweenKinks(_ family: ArchitectureFamily) throws {
        var passedOver = 0
        let seeds: ClosedRange<UInt64> = 101...118
        for seed in seeds {
            let problem = try RandomProblem(family, seed: seed)
            let direction: Vector<Double> = try problem.direction(0)
            let linearised: LinearisedNetwork<Double> = try problem.linearised()
            let product = linearised.times(.hessian, direction).doubles
            let scale = max(norm(product), linearised.gradient().norm)
            let differences = try Differences(from: 1e-5, count: 2) { step in
                try problem.linearised(along: direction, step: step).gradient().doubles
            }
            let change = distance(differences.quotients[0], differences.quotients[1])
            if change > 1e-5 * scale {
                passedOver += 1
            } else {
                #expect(
                    differences.errors(to: product)[1] <= 3 * change + 1e-9 * scale, "\(problem.name) of \(scale)")
            }
        }
        #expect(passedOver * 3 <= seeds.count, "\(passedOver) passed over")
    }

    /// Oracle: uᵀHv = vᵀHu, and H(2u − 3v) = 2Hu − 3Hv, to rounding: sums of a few thousand terms of mixed sign, which
    /// random walks of 2⁻⁵³ make 1e-14 of the largest intermediate; normalisation may amplify a hundredfold.
    @Test(arguments: families, seeds)
    func productsAreSymmetricAndLinear(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let linearised: LinearisedNetwork<Double> = try problem.linearised(directions: 3)
        let u: Vector<Double> = try problem.direction(1)
        let v: Vector<Double> = try problem.direction(2)
        let combined = u.copy()
        combined.scale(by: 2)
        combined.add(-3, v)
        for curvature in Curvature.allCases {
            let results = linearised.times(curvature, [u, v, combined])
            let scale = max(results[0].norm, results[1].norm, 1e-3 * linearised.gradient().norm)
            #expect(abs(v.dot(results[0]) - u.dot(results[1])) <= 1e-12 * scale, "\(curvature)")
            results[2].add(-2, results[0])
            results[2].add(3, results[1])
            #expect(results[2].norm <= 1e-11 * scale, "\(curvature)")
        }
    }

    /// Oracle: one direction at a time, and one alone in a network that has room for three.
    @Test(arguments: families, seeds)
    func directionsDoNotTouchOneAnother(_ family: ArchitectureFamily, _ seed: UInt64) throws {
        let problem = try RandomProblem(family, seed: seed)
        let vectors: [Vector<Double>] = try (1...4).map { try problem.direction($0) }
        let single: LinearisedNetwork<Double> = try problem.linearised(directions: 1)
        let triple: LinearisedNetwork<Double> = try problem.linearised(directions: 3)
        let scale = single.gradient().norm
        for curvature in Curvature.allCases {
            let together = triple.times(curvature, vectors)
            for (vector, result) in zip(vectors, together) {
                let alone = single.times(curvature, vector).doubles
                let bound = 1e-12 * max(norm(alone), 1e-3 * scale)
                #expect(distance(result.doubles, alone) <= bound, "\(curvature)")
                #expect(distance(triple.times(curvature, vector).doubles, alone) <= bound, "\(curvature)")
            }
        }
    }

    func expectGradient(_ problem: RandomProblem) throws {
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let gradient = linearised.gradient()
        let direction: Vector<Double> = try problem.direction(0)
        let limit = try Differences { [try problem.linearised(along: direction, step: $0).lossValue] }.limit
        let scale = max(gradient.norm, abs(linearised.lossValue))
        #expect(limit.uncertainty <= 1e-7 * scale, "differences do not converge")
        #expect(abs(limit.value[0] - gradient.dot(direction)) <= 10 * limit.uncertainty + 1e-10 * scale)
    }

    func expectProduct(_ problem: RandomProblem) throws {
        let linearised: LinearisedNetwork<Double> = try problem.linearised()
        let direction: Vector<Double> = try problem.direction(0)
        let product = linearised.times(.hessian, direction).doubles
        let differences = try Differences {
            try problem.linearised(along: direction, step: $0).gradient().doubles
        }
        let scale = max(norm(product), linearised.gradient().norm)
        let limit = differences.limit
        #expect(limit.uncertainty <= 1e-7 * scale, "differences do not converge")
        #expect(distance(limit.value, product) <= 10 * limit.uncertainty + 1e-10 * scale)
        // An almost quadratic loss leaves no error to fall.
        let errors = differences.errors(to: product)
        guard errors[0] > 1e-8 * scale else { return }
        let ratios = differences.ratios(to: product)
        #expect(ratios.contains { $0 > 3.6 && $0 < 4.4 }, "errors \(errors)")
    }
}
