public import LinearAlgebra
public import Networks

/// What the units of one activation function did over some examples: sums, added up in the examples' order.
public struct UnitCounts: Sendable {
    public let layer: HiddenLayer
    public let kind: ActivationKind
    /// Examples seen.
    public private(set) var examples = 0
    /// Σ |h| of each unit, `[width]`.
    private var magnitudes: [Double]
    /// On how many examples h > 0, `[width]`.
    private var positive: [Double]
    /// On how many examples h < 0, of leaky rectifiers alone.
    private var negative: [Double]
    /// On how many examples the unit is saturated, of bounded functions alone.
    private var saturated: [Double]
    private let saturationThreshold: Double

    /// - Parameter layer: units of an activation function; nil where it is something else.
    public init?(_ layer: HiddenLayer, saturationThreshold: Double = 0.95) {
        guard case .units(let kind) = layer.role else { return nil }
        self.layer = layer
        self.kind = kind
        self.saturationThreshold = saturationThreshold
        let zeros = [Double](repeating: 0, count: layer.shape.width)
        magnitudes = zeros
        positive = zeros
        negative = if case .leakyRelu = kind { zeros } else { [] }
        saturated = kind == .tanh || kind == .sigmoid ? zeros : []
    }

    /// Adds examples.
    ///
    /// - Parameter values: h, `[n, width]`.
    public mutating func add<Element: Scalar>(_ values: Matrix<Element>) {
        for row in 0..<values.rows { add(values.row(row).doubles) }
        examples += values.rows
    }

    /// These counts and those of the last forward pass of `passes`.
    public func adding<Element: Scalar>(_ passes: Backpropagation<Element>) -> UnitCounts {
        var result = self
        for values in passes.values(at: layer) { result.add(values) }
        return result
    }

    private mutating func add(_ values: [Double]) {
        for unit in values.indices {
            let value = values[unit]
            magnitudes[unit] += abs(value)
            positive[unit] += value > 0 ? 1 : 0
        }
        for unit in negative.indices { negative[unit] += values[unit] < 0 ? 1 : 0 }
        let isSigmoid = kind == .sigmoid
        for unit in saturated.indices {
            let value = abs(isSigmoid ? 2 * values[unit] - 1 : values[unit])
            saturated[unit] += value > saturationThreshold ? 1 : 0
        }
    }

    /// Whether the function is exactly 0 on a whole side, so that a unit can be dead.
    public var canDie: Bool { kind == .relu }
    /// Whether the function has a linear piece other than 0.
    public var canBeLinear: Bool { kind.isPiecewiseLinear }
    public var canSaturate: Bool { !saturated.isEmpty }

    /// Whether each unit is 0 on every example, `[width]`.
    public var isDead: [Bool] { positive.map { canDie && $0 == 0 } }

    /// Whether each unit is linear on the examples, and not dead, `[width]`.
    public var isLinearised: [Bool] {
        let all = Double(examples)
        guard canBeLinear else { return positive.map { _ in false } }
        return positive.indices.map { positive[$0] == all || (!negative.isEmpty && negative[$0] == all) }
    }

    /// Whether each unit is saturated on every example, `[width]`.
    public var isSaturated: [Bool] {
        canSaturate ? saturated.map { $0 == Double(examples) } : positive.map { _ in false }
    }

    /// Whether each unit's E|h| is at most τ times the layer's mean of it, `[width]`; all of a layer of zeros are.
    public func isDormant(_ threshold: Double) -> [Bool] { Self.isDormant(magnitudes, threshold) }

    /// The same of channels, E taken over their positions too, `[channels]`.
    public func isDormantChannel(_ threshold: Double) -> [Bool] {
        var sums = [Double](repeating: 0, count: layer.channels)
        for unit in magnitudes.indices { sums[channel(of: unit)] += magnitudes[unit] }
        return Self.isDormant(sums, threshold)
    }

    /// The channels of which every position is among `units`, `[channels]`.
    public func channels(allOf units: [Bool]) -> [Bool] {
        var result = [Bool](repeating: true, count: layer.channels)
        for unit in units.indices where !units[unit] { result[channel(of: unit)] = false }
        return result
    }

    /// How many (unit, example) pairs are 0, of `canDie`.
    public var zeroPairs: Double { pairs - positive.reduce(0, +) }
    /// How many (unit, example) pairs are saturated.
    public var saturatedPairs: Double { saturated.reduce(0, +) }
    /// How many (unit, example) pairs there are.
    public var pairs: Double { Double(examples) * Double(positive.count) }

    private func channel(of unit: Int) -> Int {
        layer.isChannelMajor ? unit / layer.positions : unit % layer.channels
    }

    private static func isDormant(_ sums: [Double], _ threshold: Double) -> [Bool] {
        let limit = threshold * sums.reduce(0, +) / Double(max(1, sums.count))
        return sums.map { $0 <= limit }
    }
}
