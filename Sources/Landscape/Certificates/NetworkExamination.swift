public import Files
public import LinearAlgebra
public import Networks

/// Whether a network's derivatives are derivatives, tried on a few of its examples in double precision.
///
/// - Complexity: of the excerpt, in double precision, two linearisations with a product each and four gradients a
///   direction. With 12 directions and 32 examples of 1024 that is about two products of all examples; up to
///   three times that where kinks are everywhere.
public struct NetworkExamination {
    /// How much is tried.
    public struct Effort: Sendable {
        /// Random directions along which differences are taken.
        public var directions: Int
        /// Examples at most, at even distances among all.
        public var examples: Int

        public init(directions: Int = 12, examples: Int = 32) {
            self.directions = directions
            self.examples = examples
        }
    }

    /// One a direction, at the full step.
    private let tests: [DifferenceTest]
    /// Those that say something of the product: of the directions without a kink, or where these are few, at shorter steps.
    private let judged: [DifferenceTest]
    private let hasKinks: Bool
    private let step: Double
    private let examples: Int
    private let gradientNorm: Double
    private let dimension: Int
    /// Relative distance of the product in the network's precision from that in double; nil for a network in double.
    private let precisionLoss: Double?

    /// - Parameters:
    ///   - curvature: whose products the precision is judged by.
    /// - Throws: `Fault` where the network cannot be linearised near its point.
    public init<Element: Scalar>(
        _ linearised: LinearisedNetwork<Element>, curvature: Curvature = .hessian, seed: UInt64,
        _ effort: Effort = Effort()
    ) throws(Fault) {
        let excerpt = try Excerpt<Double>(linearised, examples: effort.examples)
        let point = try excerpt.linearised(directions: 1)
        let gradient = point.gradient()
        let count = excerpt.network.layout.count
        let hasKinks = excerpt.network.architecture.hasKinks || linearised.loss.kind == .huber
        func test(_ number: Int, share: Double = 1) throws(Fault) -> DifferenceTest {
            let direction = OperatorExamination<Double>.direction(2 + number, count: count, seed: seed)
            let product = Vector<Double>(count: count)
            point.multiply(.hessian, by: [direction], into: [product])
            return try DifferenceTest(
                excerpt, at: point, gradient: gradient, along: direction, product: product, share: share)
        }
        var tests: [DifferenceTest] = []
        for number in 0..<effort.directions { tests.append(try test(number)) }
        // Where there may be kinks, the directions that cross one say nothing of the derivative.
        var judged = tests.filter { !hasKinks || $0.verdict != .kink }
        let crossing = tests.indices.filter { hasKinks && tests[$0].verdict == .kink }
        for number in crossing where judged.count < Self.fewestJudged {
            for share in DifferenceTest.shorterSteps {
                let shorter = try test(number, share: share)
                guard shorter.verdict == .kink else {
                    judged.append(shorter)
                    break
                }
            }
        }
        self.tests = tests
        self.judged = judged
        self.hasKinks = hasKinks
        step = DifferenceTest.step(for: excerpt.parameters.vector)
        examples = excerpt.inputs.rows
        gradientNorm = gradient.norm
        dimension = count
        precisionLoss = try Self.precisionLoss(
            of: linearised, curvature, against: point, gradientNorm: gradient.norm, effort, seed: seed)
    }

    public var certificates: Certificates {
        var list = [gradient, product]
        if let precision { list.append(precision) }
        if hasKinks { list.append(kinks) }
        return Certificates(list)
    }

    /// Fewer directions than these are looked for at shorter steps.
    private static let fewestJudged = 3

    private var place: String { "on \(examples) examples in double precision" }

    private var gradient: Certificate {
        let typical = max(gradientNorm / Double(dimension).squareRoot(), .leastNormalMagnitude)
        let (value, limit) = Self.median(of: judged.map { ($0.slopeError / typical, $0.slopeAllowance / typical) })
        return Certificate(
            "gradient", value: value, limit: limit, meaning: "the gradient is the derivative of the loss" + unjudged,
            method: "|central difference of the loss − ⟨g, v⟩| √P/‖g‖, the median over \(judged.count) random "
                + "directions \(place); limit: three times the change from step h to h/2, and rounding")
    }

    private var product: Certificate {
        let (value, limit) = Self.median(
            of: judged.map {
                let size = max($0.productSize, .leastNormalMagnitude)
                return ($0.productError / size, $0.productAllowance / size)
            })
        return Certificate(
            "product", value: value, limit: limit,
            meaning: "the Hessian's product is the derivative of the gradient" + unjudged,
            method: "‖central difference of the gradient − Hv‖/‖Hv‖, the median over \(judged.count) random directions "
                + "\(place); limit: three times the change from step h to h/2, and rounding")
    }

    private var unjudged: String {
        judged.isEmpty ? "; every direction crosses a kink, however short, so nothing is said" : ""
    }

    /// What the program promises of single precision at its worst is 10⁻³; ten times that is no rounding any more.
    private var precision: Certificate? {
        precisionLoss.map {
            Certificate(
                "precision", value: $0, limit: 1e-2,
                meaning: "single precision leaves two digits of a product at least",
                method: "‖single − double‖/‖double‖ of one random product on \(examples) examples")
        }
    }

    /// Told, not judged: a kink nearby is a property of the loss and no error of the product.
    private var kinks: Certificate {
        let count = tests.count { $0.verdict == .kink }
        return Certificate(
            "kinks", value: Double(count) / Double(tests.count), limit: nil,
            meaning: "share of directions with a kink nearby: the Hessian is that of the smooth piece",
            method: "\(count) of \(tests.count) random directions disagree with differences of the gradient over "
                + "h = \(Certificates.text(step)) \(place); interval: Wilson, 95 %",
            interval: wilsonInterval(count, of: tests.count))
    }

    /// The error and allowance whose ratio is the median; nothing to judge gives 0 without a limit.
    private static func median(of pairs: [(error: Double, allowance: Double)]) -> (value: Double, limit: Double?) {
        guard !pairs.isEmpty else { return (0, nil) }
        func ratio(_ pair: (error: Double, allowance: Double)) -> Double {
            pair.error == 0 ? 0 : pair.error.isFinite ? pair.error / pair.allowance : .infinity
        }
        let middle = pairs.sorted { ratio($0) < ratio($1) }[pairs.count / 2]
        return (middle.error, middle.allowance)
    }

    private static func precisionLoss<Element: Scalar>(
        of linearised: LinearisedNetwork<Element>, _ curvature: Curvature, against exact: LinearisedNetwork<Double>,
        gradientNorm: Double, _ effort: Effort, seed: UInt64
    ) throws(Fault) -> Double? {
        guard Element.self != Double.self else { return nil }
        let excerpt = try Excerpt<Element>(linearised, examples: effort.examples)
        let point = try excerpt.linearised(directions: 1)
        let count = excerpt.network.layout.count
        let direction = OperatorExamination<Element>.direction(0, count: count, seed: seed)
        let found = Vector<Element>(count: count)
        point.multiply(curvature, by: [direction], into: [found])
        let expected = Vector<Double>(count: count)
        exact.multiply(curvature, by: [Vector(converting: direction)], into: [expected])
        let floor = ProductRounding(of: exact, gradientNorm: gradientNorm).floor
        let size = max(expected.norm, floor)
        expected.add(-1, Vector(converting: found))
        return expected.norm == 0 ? 0 : expected.norm / size
    }
}
