import CBLAS
import CElementwise

/// Float: BLAS's s routines and the `_f32` loops.
extension Float: Scalar {
    public static var precisionName: String { "single" }

    public static func widen(_ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Float>, _ n: Int) {
        for index in 0..<n { y[index] = Double(x[index]) }
    }

    public static func narrow(_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Double>, _ n: Int) {
        for index in 0..<n { y[index] = Float(x[index]) }
    }

    public static func gemm(_ call: ProductCall<Float>) {
        BLAS.prepare()
        cblas_sgemm(
            CblasRowMajor, call.transposeA ? CblasTrans : CblasNoTrans, call.transposeB ? CblasTrans : CblasNoTrans,
            blasint(call.rows), blasint(call.columns), blasint(call.inner), call.alpha, call.a, blasint(call.strideA),
            call.b, blasint(call.strideB), call.beta, call.c, blasint(call.strideC))
    }

    public static func fill(_ y: UnsafeMutablePointer<Float>, _ value: Float, _ n: Int) {
        elementwise_fill_f32(y, value, n)
    }

    public static func fillRows(
        _ y: UnsafeMutablePointer<Float>, _ stride: Int, _ row: UnsafePointer<Float>, _ size: (rows: Int, columns: Int)
    ) {
        elementwise_fill_rows_f32(y, stride, row, size.rows, size.columns)
    }

    public static func scale(_ y: UnsafeMutablePointer<Float>, _ factor: Float, _ n: Int) {
        elementwise_scale_f32(y, factor, n)
    }

    public static func addScaled(
        _ y: UnsafeMutablePointer<Float>, _ factor: Float, _ x: UnsafePointer<Float>, _ n: Int
    ) {
        elementwise_add_scaled_f32(y, factor, x, n)
    }

    public static func combine(
        _ y: UnsafeMutablePointer<Float>, _ a: Float, _ x: UnsafePointer<Float>, _ b: Float, _ n: Int
    ) {
        elementwise_combine_f32(y, a, x, b, n)
    }

    public static func divideBytes(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<UInt8>, _ divisor: Float, _ n: Int
    ) {
        elementwise_divide_bytes_f32(y, x, divisor, n)
    }

    public static func multiply(_ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ n: Int) {
        elementwise_multiply_f32(y, x, n)
    }

    public static func product(
        _ z: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ n: Int
    ) {
        elementwise_product_f32(z, x, y, n)
    }

    public static func multiplyAdd(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ z: UnsafePointer<Float>, _ n: Int
    ) {
        elementwise_multiply_add_f32(y, x, z, n)
    }

    public static func hadamardGram(
        _ g: UnsafeMutablePointer<Float>, _ d: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ offset: Float,
        _ n: Int
    ) {
        elementwise_hadamard_gram_f32(g, d, a, offset, n)
    }

    public static func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ n: Int) -> Double {
        elementwise_dot_f32(x, y, n)
    }

    public static func sum(_ x: UnsafePointer<Float>, _ n: Int) -> Double { elementwise_sum_f32(x, n) }

    public static func isFinite(_ x: UnsafePointer<Float>, _ n: Int) -> Bool { elementwise_is_finite_f32(x, n) != 0 }

    public static func transpose(_ y: UnsafeMutablePointer<Float>, _ stride: Int, _ x: MatrixSpan<Float>) {
        window_transpose_f32(y, stride, x.start, x.stride, x.rows, x.columns)
    }

    public static func columnSums(_ sums: UnsafeMutablePointer<Float>, _ beta: Float, _ x: MatrixSpan<Float>) {
        elementwise_column_sums_f32(sums, beta, x.start, x.stride, x.rows, x.columns)
    }

    public static func activate(_ kind: ActivationKind, _ buffers: ActivationBuffers<Float>, _ n: Int) {
        let parameter: Float = if case .leakyRelu(let slope) = kind { Float(slope) } else { 0 }
        elementwise_activation_f32(kind.code, parameter, buffers.value, buffers.first, buffers.second, n)
    }

    public static func softmax(
        _ p: UnsafeMutablePointer<Float>, _ logSums: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Float>,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_softmax_f32(p, logSums, x, size.rows, size.columns)
    }

    public static func softmaxProduct(
        _ r: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ factor: Float,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_softmax_product_f32(r, p, t, factor, size.rows, size.columns)
    }

    public static func basisDot(
        _ h: UnsafeMutablePointer<Double>, _ q: MatrixSpan<Float>, _ w: UnsafePointer<Float>
    ) {
        elementwise_basis_dot_f32(h, q.start, q.stride, q.rows, w, q.columns)
    }

    public static func basisSubtract(
        _ w: UnsafeMutablePointer<Float>, _ q: MatrixSpan<Float>, _ h: UnsafePointer<Double>
    ) {
        elementwise_basis_subtract_f32(w, q.start, q.stride, q.rows, h, q.columns)
    }

    public static func update(
        _ rule: UpdateRule, _ buffers: UpdateBuffers<Float>, _ constants: UpdateConstants, _ n: Int
    ) {
        let theta = buffers.parameters
        let g = buffers.gradient
        let m = buffers.first
        let v = buffers.second
        let c = constants.imported
        switch rule {
        case .gradientDescent: optimiser_sgd_f32(theta, g, c, n)
        case .momentum: optimiser_momentum_f32(theta, m, g, c, n)
        case .nesterov: optimiser_nesterov_f32(theta, m, g, c, n)
        case .rmsProp: optimiser_rmsprop_f32(theta, m, v, g, c, n)
        case .uncentredRMSProp: optimiser_rmsprop_uncentred_f32(theta, v, g, c, n)
        case .adam: optimiser_adam_f32(theta, m, v, g, c, n)
        case .decoupledAdam: optimiser_adamw_f32(theta, m, v, g, c, n)
        case .adaGrad: optimiser_adagrad_f32(theta, v, g, c, n)
        }
    }
}
