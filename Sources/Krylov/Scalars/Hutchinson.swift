import LinearAlgebra

/// Means over probes of vᵀAv, ‖Av‖² and Σ_S v ∘ Av.
///
/// Source: Girard (1987); Hutchinson, Commun. Stat. Simul. 18 (1989). The standard errors are ours: see
/// `traceEstimates`.
func hutchinson<Operator: SymmetricOperator>(
    _ target: Operator, _ groups: [[Range<Int>]], _ configuration: TraceConfiguration
) throws -> TraceEstimates {
    let dimension = target.dimension
    var sums = ProbeSums<Operator.Element>(groups: groups, dimension: dimension, workers: configuration.workers)
    let length = probeBlock(of: target, probes: configuration.products)
    for first in stride(from: 0, to: configuration.products, by: length) {
        let range = first..<min(configuration.products, first + length)
        let probes: Matrix<Operator.Element> = sphereProbes(range, dimension: dimension, seed: configuration.seed)
        let images = try product(of: probes, through: target)
        let squares = (0..<images.rows).map {
            Basis.dot(images.row($0), images.row($0), workers: configuration.workers)
        }
        sums.add(probes, images: images, squares: squares)
    }
    return sums.estimates(method: .hutchinson, products: configuration.products)
}

/// Probes that go together: at least 8, among which pairs are taken, and all of a block that the operator likes.
func probeBlock<Operator: SymmetricOperator>(of target: Operator, probes: Int) -> Int {
    max(1, min(probes, max(8, target.blockSize)))
}

/// What Hutchinson's estimate adds up, on the whole space or on the complement of a subspace.
struct ProbeSums<Element: Scalar> {
    private let groups: [[Range<Int>]]
    /// D, of the space whose sphere the probes fill.
    private let dimension: Int
    private let workers: Workers
    private var trace = FormSamples()
    private var frobenius = FormSamples()
    private var blocks: [FormSamples]
    private var squares: [Double] = []
    /// What the subspace adds.
    var known = KnownPart()

    /// The part of the estimates that a subspace gives without randomness.
    struct KnownPart {
        var trace = 0.0
        var frobenius = 0.0
        var groups: [Double] = []
    }

    init(groups: [[Range<Int>]], dimension: Int, workers: Workers) {
        self.groups = groups
        self.dimension = dimension
        self.workers = workers
        blocks = groups.map { _ in FormSamples() }
    }

    /// - Parameters:
    ///   - probes: rows on the sphere of radius √D.
    ///   - images: A v of each.
    ///   - squares: ‖Π A v‖², Π the projection on the space of the probes.
    mutating func add(_ probes: Matrix<Element>, images: Matrix<Element>, squares: [Double]) {
        let all = [0..<probes.columns]
        let inner = innerProducts(probes, probes, over: all, workers: workers)
        trace.add(form: innerProducts(probes, images, over: all, workers: workers), inner: inner)
        frobenius.add(form: innerProducts(images, images, over: all, workers: workers), inner: inner)
        for (index, group) in groups.enumerated() {
            blocks[index].add(form: innerProducts(probes, images, over: group, workers: workers), inner: inner)
        }
        self.squares += squares
    }

    func estimates(method: TraceMethod, products: Int) -> TraceEstimates {
        let norm = known.frobenius + frobenius.samples.reduce(0, +) / Double(frobenius.samples.count)
        let rounding = 4 * Double(Element.ulpOfOne) * norm.squareRoot()
        let value = trace.samples.reduce(0, +) / Double(trace.samples.count)
        // The length of a probe is rounded, and so is its part of the trace.
        let ofLength = 4 * Double(Element.ulpOfOne) * abs(value)
        return TraceEstimates(
            trace: trace.estimate(
                dimension: dimension, offset: known.trace, squares: squares, rounding: rounding + ofLength),
            frobeniusNormSquared: frobenius.estimate(
                dimension: dimension, offset: known.frobenius, rounding: 4 * Double(Element.ulpOfOne) * norm,
                scale: .logarithmic),
            groups: blocks.enumerated().map { index, block in
                block.estimate(
                    dimension: dimension, offset: known.groups.isEmpty ? 0 : known.groups[index],
                    rounding: rounding + ofLength)
            },
            method: method, products: products)
    }
}
