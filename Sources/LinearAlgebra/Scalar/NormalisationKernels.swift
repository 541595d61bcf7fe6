import CElementwise

/// Statistics and scaling of rows: layer, group and batch normalisation.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol NormalisationKernels {
    /// The pass `pass` over rows with statistics of their own.
    static func normaliseRows(_ pass: NormalisationPass, _ call: NormalisationCall<Self>)

    /// The sums over `rows` that a pass over channels needs.
    static func sumChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Self>, _ rows: Range<Int>)

    /// What follows from the sums over all rows.
    static func finishChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Self>)

    /// The pass's result for `rows`.
    static func combineChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Self>, _ rows: Range<Int>)

    /// The gradients of β (`output`) and γ (`tangentSums`), or their tangents.
    static func addRowGradient(_ call: NormalisationCall<Self>, scaling: Self)
}

/// Which of a layer's passes a kernel computes.
public enum NormalisationPass: Sendable {
    case forward
    case backward
    case forwardTangent
    case backwardTangent

    /// The number by which the loops know this pass.
    fileprivate var code: Int32 {
        let code =
            switch self {
            case .forward: normalisation_forward
            case .backward: normalisation_backward
            case .forwardTangent: normalisation_forward_tangent
            case .backwardTangent: normalisation_backward_tangent
            }
        return Int32(code.rawValue)
    }
}

/// The arrays and sizes of a call, as `normalisation.h` describes them.
///
/// It is `@unchecked Sendable`: tasks share a call, and each says which rows it owns.
public struct NormalisationCall<Element>: @unchecked Sendable {
    var x: UnsafePointer<Element>?
    var tangent: UnsafePointer<Element>?
    var cotangent: UnsafePointer<Element>?
    var cotangentTangent: UnsafePointer<Element>?
    var output: UnsafeMutablePointer<Element>?
    var gamma: UnsafePointer<Element>?
    var beta: UnsafePointer<Element>?
    var gammaTangent: UnsafePointer<Element>?
    var betaTangent: UnsafePointer<Element>?
    var statistics: UnsafeMutablePointer<Element>?
    var tangentStatistics: UnsafeMutablePointer<Element>?
    var sums: UnsafeMutablePointer<Element>?
    var tangentSums: UnsafeMutablePointer<Element>?
    var runningMean: UnsafeMutablePointer<Element>?
    var runningVariance: UnsafeMutablePointer<Element>?
    var work: UnsafeMutablePointer<Double>?
    var size: normalisation_size
}

extension Float: NormalisationKernels {
    public static func normaliseRows(_ pass: NormalisationPass, _ call: NormalisationCall<Float>) {
        switch pass {
        case .forward: elementwise_rows_forward_f32(call.imported, call.size)
        case .backward: elementwise_rows_backward_f32(call.imported, call.size)
        case .forwardTangent: elementwise_rows_forward_tangent_f32(call.imported, call.size)
        case .backwardTangent: elementwise_rows_backward_tangent_f32(call.imported, call.size)
        }
    }

    public static func sumChannels(
        _ pass: NormalisationPass, _ call: NormalisationCall<Float>, _ rows: Range<Int>
    ) {
        elementwise_channels_sums_f32(pass.code, call.imported, call.size, rows.lowerBound, rows.upperBound)
    }

    public static func finishChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Float>) {
        elementwise_channels_finish_f32(pass.code, call.imported, call.size)
    }

    public static func combineChannels(
        _ pass: NormalisationPass, _ call: NormalisationCall<Float>, _ rows: Range<Int>
    ) {
        elementwise_channels_combine_f32(pass.code, call.imported, call.size, rows.lowerBound, rows.upperBound)
    }

    public static func addRowGradient(_ call: NormalisationCall<Float>, scaling: Float) {
        elementwise_rows_gradient_f32(call.imported, call.size, scaling)
    }
}

extension Double: NormalisationKernels {
    public static func normaliseRows(_ pass: NormalisationPass, _ call: NormalisationCall<Double>) {
        switch pass {
        case .forward: elementwise_rows_forward_f64(call.imported, call.size)
        case .backward: elementwise_rows_backward_f64(call.imported, call.size)
        case .forwardTangent: elementwise_rows_forward_tangent_f64(call.imported, call.size)
        case .backwardTangent: elementwise_rows_backward_tangent_f64(call.imported, call.size)
        }
    }

    public static func sumChannels(
        _ pass: NormalisationPass, _ call: NormalisationCall<Double>, _ rows: Range<Int>
    ) {
        elementwise_channels_sums_f64(pass.code, call.imported, call.size, rows.lowerBound, rows.upperBound)
    }

    public static func finishChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Double>) {
        elementwise_channels_finish_f64(pass.code, call.imported, call.size)
    }

    public static func combineChannels(
        _ pass: NormalisationPass, _ call: NormalisationCall<Double>, _ rows: Range<Int>
    ) {
        elementwise_channels_combine_f64(pass.code, call.imported, call.size, rows.lowerBound, rows.upperBound)
    }

    public static func addRowGradient(_ call: NormalisationCall<Double>, scaling: Double) {
        elementwise_rows_gradient_f64(call.imported, call.size, scaling)
    }
}

extension NormalisationCall<Float> {
    fileprivate var imported: normalisation_f32 {
        normalisation_f32(
            x: x, tx: tangent, dy: cotangent, tdy: cotangentTangent, out: output, gamma: gamma, beta: beta,
            tgamma: gammaTangent, tbeta: betaTangent, statistics: statistics, tstatistics: tangentStatistics,
            sums: sums, tsums: tangentSums, running_mean: runningMean, running_variance: runningVariance, work: work)
    }
}

extension NormalisationCall<Double> {
    fileprivate var imported: normalisation_f64 {
        normalisation_f64(
            x: x, tx: tangent, dy: cotangent, tdy: cotangentTangent, out: output, gamma: gamma, beta: beta,
            tgamma: gammaTangent, tbeta: betaTangent, statistics: statistics, tstatistics: tangentStatistics,
            sums: sums, tsums: tangentSums, running_mean: runningMean, running_variance: runningVariance, work: work)
    }
}
