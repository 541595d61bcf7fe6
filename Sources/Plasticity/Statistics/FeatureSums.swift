public import LinearAlgebra
public import Networks

/// The features of one hidden layer over some examples, as far as their norms and singular values need them.
///
/// Features of one position are kept, `[examples, units]`. Of images and tokens the rows are positions of examples and
/// the columns channels, and only their Gram matrix is kept, `[channels, channels]` in double precision.
public struct FeatureSums<Element: Scalar>: Sendable {
    public let layer: HiddenLayer
    /// Examples that the singular values are of: the first ones.
    public let examples: Int
    /// Of all examples seen.
    public private(set) var normSum = 0.0
    public private(set) var seen = 0
    private let features: Matrix<Element>?
    private let gram: Matrix<Double>?

    /// Multiplications that one layer's singular values may take; at most so many examples enter as keep to it.
    static var operationLimit: Double { 0x1p35 }

    /// - Parameter count: examples that are to come.
    public init(_ layer: HiddenLayer, examples count: Int) {
        self.layer = layer
        let channels = Double(layer.channels)
        if layer.positions == 1 {
            let most = max(Self.operationLimit / (channels * channels), (Self.operationLimit / channels).squareRoot())
            examples = min(count, max(1, Int(most)))
            features = Matrix(rows: examples, columns: layer.channels)
            gram = nil
        } else {
            let most = Self.operationLimit / (channels * channels * Double(layer.positions))
            examples = min(count, max(1, Int(most)))
            features = nil
            gram = Matrix(rows: layer.channels, columns: layer.channels)
        }
    }

    /// Adds examples.
    ///
    /// - Parameter values: `[n, width]`.
    public mutating func add(_ values: Matrix<Element>) {
        for row in 0..<values.rows {
            let example = values.row(row)
            normSum += example.norm
            let number = seen + row
            guard number < examples else { continue }
            features?.row(number).assign(example)
            if let gram { Self.add(example.doubles, of: layer, to: gram) }
        }
        seen += values.rows
    }

    private static func add(_ example: [Double], of layer: HiddenLayer, to gram: Matrix<Double>) {
        let wide = Vector<Double>(example)
        if layer.isChannelMajor {
            let channels = wide.matrix(rows: layer.channels, columns: layer.positions)
            gram.assign(product: channels.plain, channels.transposed, scaling: 1)
        } else {
            let positions = wide.matrix(rows: layer.positions, columns: layer.channels)
            gram.assign(product: positions.transposed, positions.plain, scaling: 1)
        }
    }

    /// The mean norm of an example's features.
    public var meanNorm: Double { normSum / Double(max(1, seen)) }

    /// - Throws: `FactorisationFailure` where LAPACK fails.
    public func spectrum(workers: Workers) throws(FactorisationFailure) -> SingularSpectrum {
        if let features { return try SingularSpectrum(of: features, workers: workers) }
        guard let gram else { preconditionFailure("features are kept or summed") }
        return try SingularSpectrum(
            gram: gram, rows: examples * layer.positions, columns: layer.channels,
            precision: Double(Element.ulpOfOne), workers: workers)
    }
}
