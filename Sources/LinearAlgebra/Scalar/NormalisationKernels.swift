import CElementwise

/// Statistics and scaling of rows: layer, group and batch normalisation.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol NormalisationKernels {
    /// The pass `pass` over rows with statistics of their own.
    static func normaliseRows(_ pass: NormalisationPass, _ call: NormalisationCall<Self>)

    /// The pass `pass` over a block of rows that shares statistics in groups of adjacent columns.
    static func normaliseChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Self>)

    /// The gradients of β (`output`) and γ (`tangentSums`), or their tangents.
    static func addRowGradient(_ call: NormalisationCall<Self>, scaling: Self)
}

/// Which of a layer's passes a kernel computes.
public enum NormalisationPass: Sendable {
    case forward
    case backward
    case forwardTangent
    case backwardTangent
}

/// The arrays and sizes of a call, as `normalisation.h` describes them.
public struct NormalisationCall<Element> {
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

    public static func normaliseChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Float>) {
        switch pass {
        case .forward: elementwise_channels_forward_f32(call.imported, call.size)
        case .backward: elementwise_channels_backward_f32(call.imported, call.size)
        case .forwardTangent: elementwise_channels_forward_tangent_f32(call.imported, call.size)
        case .backwardTangent: elementwise_channels_backward_tangent_f32(call.imported, call.size)
        }
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

    public static func normaliseChannels(_ pass: NormalisationPass, _ call: NormalisationCall<Double>) {
        switch pass {
        case .forward: elementwise_channels_forward_f64(call.imported, call.size)
        case .backward: elementwise_channels_backward_f64(call.imported, call.size)
        case .forwardTangent: elementwise_channels_forward_tangent_f64(call.imported, call.size)
        case .backwardTangent: elementwise_channels_backward_tangent_f64(call.imported, call.size)
        }
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
