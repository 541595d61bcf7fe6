import CElementwise

/// Rows of attention weights, `size` numbers without gaps.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol TokenKernels {
    static func softmaxRows(_ x: UnsafeMutablePointer<Self>, _ size: (rows: Int, columns: Int))
    static func softmaxTangent(
        _ t: UnsafeMutablePointer<Self>, _ p: UnsafePointer<Self>, _ size: (rows: Int, columns: Int))
    static func softmaxCotangent(
        _ s: UnsafeMutablePointer<Self>, _ g: UnsafeMutablePointer<Self>, _ p: UnsafePointer<Self>,
        _ size: (rows: Int, columns: Int))
    static func softmaxCotangentTangent(_ buffers: SoftmaxBuffers<Self>, _ size: (rows: Int, columns: Int))
}

/// Where the loop of the softmax's second derivative finds p, ṗ, g and t (replaced by its result), and leaves s.
public struct SoftmaxBuffers<Element> {
    let t: UnsafeMutablePointer<Element>
    let s: UnsafeMutablePointer<Element>
    let p: UnsafePointer<Element>
    let tangent: UnsafePointer<Element>
    let g: UnsafePointer<Element>
}

extension Float: TokenKernels {
    public static func softmaxRows(_ x: UnsafeMutablePointer<Float>, _ size: (rows: Int, columns: Int)) {
        token_softmax_f32(x, size.rows, size.columns)
    }

    public static func softmaxTangent(
        _ t: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, _ size: (rows: Int, columns: Int)
    ) {
        token_softmax_tangent_f32(t, p, size.rows, size.columns)
    }

    public static func softmaxCotangent(
        _ s: UnsafeMutablePointer<Float>, _ g: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>,
        _ size: (rows: Int, columns: Int)
    ) {
        token_softmax_cotangent_f32(s, g, p, size.rows, size.columns)
    }

    public static func softmaxCotangentTangent(_ buffers: SoftmaxBuffers<Float>, _ size: (rows: Int, columns: Int)) {
        token_softmax_cotangent_tangent_f32(
            buffers.t, buffers.s, buffers.p, buffers.tangent, buffers.g, size.rows, size.columns)
    }
}

extension Double: TokenKernels {
    public static func softmaxRows(_ x: UnsafeMutablePointer<Double>, _ size: (rows: Int, columns: Int)) {
        token_softmax_f64(x, size.rows, size.columns)
    }

    public static func softmaxTangent(
        _ t: UnsafeMutablePointer<Double>, _ p: UnsafePointer<Double>, _ size: (rows: Int, columns: Int)
    ) {
        token_softmax_tangent_f64(t, p, size.rows, size.columns)
    }

    public static func softmaxCotangent(
        _ s: UnsafeMutablePointer<Double>, _ g: UnsafeMutablePointer<Double>, _ p: UnsafePointer<Double>,
        _ size: (rows: Int, columns: Int)
    ) {
        token_softmax_cotangent_f64(s, g, p, size.rows, size.columns)
    }

    public static func softmaxCotangentTangent(_ buffers: SoftmaxBuffers<Double>, _ size: (rows: Int, columns: Int)) {
        token_softmax_cotangent_tangent_f64(
            buffers.t, buffers.s, buffers.p, buffers.tangent, buffers.g, size.rows, size.columns)
    }
}
