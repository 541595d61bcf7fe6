public import LinearAlgebra
public import Networks

/// The tensors of a network by the layers that they belong to.
struct WeightLayers {
    struct Layer {
        let name: String
        /// In the flat vector, in its order.
        var ranges: [Range<Int>]
        /// The weight as a matrix `[out, in · k · k]`; nil for gains, biases and embeddings.
        var matrix: (range: Range<Int>, rows: Int, columns: Int)?
    }

    private(set) var layers: [Layer] = []

    init(_ layout: ParameterLayout) {
        for entry in layout.entries {
            let parts = entry.name.split(separator: ".")
            let isOwn = ["weight", "bias"].contains(parts.last ?? "")
            let name = isOwn ? parts.dropLast().joined(separator: ".") : entry.name
            if layers.last?.name != name { layers.append(Layer(name: name, ranges: [])) }
            layers[layers.count - 1].ranges.append(entry.range)
            guard entry.role == .weight else { continue }
            let columns = entry.shape.dropFirst().reduce(1, *)
            layers[layers.count - 1].matrix = (entry.range, entry.shape[0], columns)
        }
    }

    var all: Range<Int> { 0..<(layers.last?.ranges.last?.upperBound ?? 0) }
}

/// Sums over stretches of flat vectors, in double precision.
struct StretchSums {
    private let ranges: [Range<Int>]

    init(_ ranges: [Range<Int>]) { self.ranges = ranges }

    var count: Int { ranges.reduce(0) { $0 + $1.count } }

    func dot<Element: Scalar>(_ x: Vector<Element>, _ y: Vector<Element>) -> Double {
        ranges.reduce(0) { $0 + x[$1].dot(y[$1]) }
    }

    func norm<Element: Scalar>(_ x: Vector<Element>) -> Double { dot(x, x).squareRoot() }

    /// ‖x − y‖; differences are taken in double precision.
    func distance<Element: Scalar>(_ x: Vector<Element>, _ y: Vector<Element>) -> Double {
        sum(x, y) { ($0 - $1) * ($0 - $1) }.squareRoot()
    }

    func meanMagnitude<Element: Scalar>(_ x: Vector<Element>) -> Double {
        sum(x, x) { value, _ in abs(value) } / Double(count)
    }

    /// The share of places where `x` and `y` are of different signs; 0 has neither.
    func signChanges<Element: Scalar>(_ x: Vector<Element>, _ y: Vector<Element>) -> Double {
        sum(x, y) { ($0 > 0) != ($1 > 0) || ($0 < 0) != ($1 < 0) ? 1 : 0 } / Double(count)
    }

    func zeros<Element: Scalar>(_ x: Vector<Element>) -> Double {
        sum(x, x) { value, _ in value == 0 ? 1 : 0 } / Double(count)
    }

    private func sum<Element: Scalar>(
        _ x: Vector<Element>, _ y: Vector<Element>, _ term: (Double, Double) -> Double
    ) -> Double {
        var total = 0.0
        for range in ranges {
            // A piece at a time: numbers in double precision take twice the place.
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 4096) {
                let piece = start..<min(range.upperBound, start + 4096)
                total += Self.sum(x[piece].doubles, y[piece].doubles, term)
            }
        }
        return total
    }

    @inline(__always)
    private static func sum(_ x: [Double], _ y: [Double], _ term: (Double, Double) -> Double) -> Double {
        var total = 0.0
        for index in x.indices { total += term(x[index], y[index]) }
        return total
    }
}

extension NetworkStatistics {
    private static let kind = "weights"

    /// Norms, and how far the parameters are from θ₀.
    mutating func addWeights<Element: Scalar>(_ subject: StatisticsSubject<Element>, _ weights: WeightLayers) {
        let theta = subject.parameters.vector
        let whole = StretchSums([weights.all])
        set(.weightNorm, whole.norm(theta))
        set(.weightNormWithoutBiases, StretchSums(weights.layers.compactMap { $0.matrix?.range }).norm(theta))
        set(.weightMeanMagnitude, whole.meanMagnitude(theta))
        for layer in weights.layers {
            let sums = StretchSums(layer.ranges)
            set(.weightNorm, sums.norm(theta), layer: layer.name, kind: Self.kind)
            set(.weightMeanMagnitude, sums.meanMagnitude(theta), layer: layer.name, kind: Self.kind)
        }
        guard let reference = subject.reference?.vector else { return }
        for (statistic, value) in distances(whole, theta, reference, of: "the network") { set(statistic, value) }
        for layer in weights.layers {
            let found = distances(StretchSums(layer.ranges), theta, reference, of: layer.name)
            for (statistic, value) in found { set(statistic, value, layer: layer.name, kind: Self.kind) }
        }
    }

    private mutating func distances<Element: Scalar>(
        _ sums: StretchSums, _ theta: Vector<Element>, _ reference: Vector<Element>, of name: String
    ) -> [(Statistic, Double)] {
        let distance = sums.distance(theta, reference)
        let (norm, start) = (sums.norm(theta), sums.norm(reference))
        var found: [(Statistic, Double)] = [
            (.distance, distance), (.signChanges, sums.signChanges(theta, reference)),
        ]
        // Biases that begin at zero have no direction to turn from.
        if start > 0 { found.append((.relativeDistance, distance / start)) }
        if start > 0 && norm > 0 {
            found.append((.cosineWithInitialisation, sums.dot(theta, reference) / (norm * start)))
        } else {
            warnings.append("the parameters of \(name) are all 0 now or at initialisation: no cosine between the two")
        }
        return found
    }

    /// What the last training step changed.
    mutating func addUpdate<Element: Scalar>(_ subject: StatisticsSubject<Element>, _ weights: WeightLayers) {
        guard let previous = subject.previous?.vector else { return }
        let theta = subject.parameters.vector
        let whole = StretchSums([weights.all])
        let update = whole.distance(theta, previous)
        set(.updateNorm, update)
        if whole.norm(previous) > 0 { set(.effectiveLearningRate, update / whole.norm(previous)) }
        for layer in weights.layers {
            let sums = StretchSums(layer.ranges)
            let update = sums.distance(theta, previous)
            set(.updateNorm, update, layer: layer.name, kind: Self.kind)
            guard sums.norm(previous) > 0 else { continue }
            set(.effectiveLearningRate, update / sums.norm(previous), layer: layer.name, kind: Self.kind)
        }
    }

    /// How fast the parameters went from `first` to `second`, `steps` training steps later.
    public mutating func addDisplacement<Element: Scalar>(
        from first: Parameters<Element>, to second: Parameters<Element>, steps: Int
    ) {
        let weights = WeightLayers(second.layout)
        func rate(_ sums: StretchSums) -> Double? {
            let norm = sums.norm(first.vector)
            guard norm > 0, steps > 0 else { return nil }
            return sums.distance(second.vector, first.vector) / norm / Double(steps)
        }
        if let rate = rate(StretchSums([weights.all])) { set(.displacementRate, rate) }
        for layer in weights.layers {
            guard let rate = rate(StretchSums(layer.ranges)) else { continue }
            set(.displacementRate, rate, layer: layer.name, kind: Self.kind)
        }
    }

    /// The gradient's norm and zeros.
    mutating func addGradient<Element: Scalar>(
        _ gradient: Vector<Element>, lossValue: Double, _ weights: WeightLayers
    ) {
        set(.loss, lossValue)
        let whole = StretchSums([weights.all])
        set(.gradientNorm, whole.norm(gradient))
        set(.zeroGradients, whole.zeros(gradient))
        for layer in weights.layers {
            let sums = StretchSums(layer.ranges)
            set(.gradientNorm, sums.norm(gradient), layer: layer.name, kind: Self.kind)
            set(.zeroGradients, sums.zeros(gradient), layer: layer.name, kind: Self.kind)
        }
    }

    /// The weights' ranks and largest singular values.
    mutating func addWeightRanks<Element: Scalar>(
        _ subject: StatisticsSubject<Element>, _ weights: WeightLayers, _ thresholds: RankThresholds
    ) throws(FactorisationFailure) {
        let layers = weights.layers.filter { $0.matrix != nil }
        let theta = subject.parameters.vector
        let found = subject.workers.map(layers.count) { index -> Result<SingularSpectrum, FactorisationFailure> in
            guard let (range, rows, columns) = layers[index].matrix else { preconditionFailure("filtered above") }
            return Result { () throws(FactorisationFailure) in
                try SingularSpectrum(of: theta[range].matrix(rows: rows, columns: columns))
            }
        }
        var sums: [RankDefinition: (sum: Double, count: Int)] = [:]
        for (layer, result) in zip(layers, found) {
            let spectrum = try result.get()
            spectra.append(Spectrum(isOfWeights: true, layer: layer.name, spectrum: spectrum))
            set(.weightSpectralNorm, spectrum.largest, layer: layer.name, kind: Self.kind)
            for definition in RankDefinition.scaleFree {
                guard let rank = rank(definition, of: spectrum, "the weight of \(layer.name)", thresholds) else {
                    continue
                }
                set(.weightRank(definition), rank, layer: layer.name, kind: Self.kind)
                sums[definition, default: (0, 0)].sum += rank
                sums[definition, default: (0, 0)].count += 1
            }
        }
        // The mean of all or none: without one of the weights it would be another statistic.
        for (definition, (sum, count)) in sums where count == layers.count {
            set(.weightRank(definition), sum / Double(count))
        }
        if let largest = spectra.filter(\.isOfWeights).map(\.spectrum.largest).max() {
            set(.weightSpectralNorm, largest)
        }
    }

    /// The rank, or a warning why there is none.
    mutating func rank(
        _ definition: RankDefinition, of spectrum: SingularSpectrum, _ name: String, _ thresholds: RankThresholds
    ) -> Double? {
        if let rank = definition.value(of: spectrum, thresholds) { return rank }
        let reason =
            spectrum.isZero
            ? "all its entries are 0"
            : "its singular values come from a Gram matrix, which cannot resolve the tolerance"
        warnings.append("\(name) has no \(definition.rawValue): \(reason)")
        return nil
    }
}
