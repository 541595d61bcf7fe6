import CBLAS
import CElementwise

/// Double: BLAS's d routines and the `_f64` loops.
extension Double: Scalar {
    public static var precisionName: String { "double" }

    public static func widen(_ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ n: Int) {
        for index in 0..<n { y[index] = Double(x[index]) }
    }

    public static func narrow(_ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ n: Int) {
        for index in 0..<n { y[index] = Double(x[index]) }
    }

    public static func gemm(_ call: ProductCall<Double>) {
        BLAS.prepare()
        cblas_dgemm(
            CblasRowMajor, call.transposeA ? CblasTrans : CblasNoTrans, call.transposeB ? CblasTrans : CblasNoTrans,
            blasint(call.rows), blasint(call.columns), blasint(call.inner), call.alpha, call.a, blasint(call.strideA),
            call.b, blasint(call.strideB), call.beta, call.c, blasint(call.strideC))
    }

    public static func fill(_ y: UnsafeMutablePointer<Double>, _ value: Double, _ n: Int) {
        elementwise_fill_f64(y, value, n)
    }

    public static func fillRows(
        _ y: UnsafeMutablePointer<Double>, _ stride: Int, _ row: UnsafePointer<Double>,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_fill_rows_f64(y, stride, row, size.rows, size.columns)
    }

    public static func scale(_ y: UnsafeMutablePointer<Double>, _ factor: Double, _ n: Int) {
        elementwise_scale_f64(y, factor, n)
    }

    public static func addScaled(
        _ y: UnsafeMutablePointer<Double>, _ factor: Double, _ x: UnsafePointer<Double>, _ n: Int
    ) {
        elementwise_add_scaled_f64(y, factor, x, n)
    }

    public static func combine(
        _ y: UnsafeMutablePointer<Double>, _ a: Double, _ x: UnsafePointer<Double>, _ b: Double, _ n: Int
    ) {
        elementwise_combine_f64(y, a, x, b, n)
    }

    public static func divideBytes(
        _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<UInt8>, _ divisor: Double, _ n: Int
    ) {
        elementwise_divide_bytes_f64(y, x, divisor, n)
    }

    public static func multiply(_ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ n: Int) {
        elementwise_multiply_f64(y, x, n)
    }

    public static func product(
        _ z: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ n: Int
    ) {
        elementwise_product_f64(z, x, y, n)
    }

    public static func multiplyAdd(
        _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ z: UnsafePointer<Double>, _ n: Int
    ) {
        elementwise_multiply_add_f64(y, x, z, n)
    }

    public static func hadamardGram(
        _ g: UnsafeMutablePointer<Double>, _ d: UnsafePointer<Double>, _ a: UnsafePointer<Double>, _ offset: Double,
        _ n: Int
    ) {
        elementwise_hadamard_gram_f64(g, d, a, offset, n)
    }

    public static func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ n: Int) -> Double {
        elementwise_dot_f64(x, y, n)
    }

    public static func sum(_ x: UnsafePointer<Double>, _ n: Int) -> Double { elementwise_sum_f64(x, n) }

    public static func isFinite(_ x: UnsafePointer<Double>, _ n: Int) -> Bool { elementwise_is_finite_f64(x, n) != 0 }

    public static func transpose(_ y: UnsafeMutablePointer<Double>, _ stride: Int, _ x: MatrixSpan<Double>) {
        window_transpose_f64(y, stride, x.start, x.stride, x.rows, x.columns)
    }

    public static func columnSums(_ sums: UnsafeMutablePointer<Double>, _ beta: Double, _ x: MatrixSpan<Double>) {
        elementwise_column_sums_f64(sums, beta, x.start, x.stride, x.rows, x.columns)
    }

    public static func activate(_ kind: ActivationKind, _ buffers: ActivationBuffers<Double>, _ n: Int) {
        let parameter: Double = if case .leakyRelu(let slope) = kind { Double(slope) } else { 0 }
        elementwise_activation_f64(kind.code, parameter, buffers.value, buffers.first, buffers.second, n)
    }

    public static func softmax(
        _ p: UnsafeMutablePointer<Double>, _ logSums: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_softmax_f64(p, logSums, x, size.rows, size.columns)
    }

    public static func softmaxProduct(
        _ r: UnsafeMutablePointer<Double>, _ p: UnsafePointer<Double>, _ t: UnsafePointer<Double>, _ factor: Double,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_softmax_product_f64(r, p, t, factor, size.rows, size.columns)
    }

    public static func basisDot(
        _ h: UnsafeMutablePointer<Double>, _ q: MatrixSpan<Double>, _ w: UnsafePointer<Double>
    ) {
        elementwise_basis_dot_f64(h, q.start, q.stride, q.rows, w, q.columns)
    }

    public static func basisSubtract(
        _ w: UnsafeMutablePointer<Double>, _ q: MatrixSpan<Double>, _ h: UnsafePointer<Double>
    ) {
        elementwise_basis_subtract_f64(w, q.start, q.stride, q.rows, h, q.columns)
    }

    public static func update(
        _ rule: UpdateRule, _ buffers: UpdateBuffers<Double>, _ constants: UpdateConstants, _ n: Int
    ) {
        let theta = buffers.parameters
        let g = buffers.gradient
        let m = buffers.first
        let v = buffers.second
        let c = constants.imported
        switch rule {
        case .gradientDescent: optimiser_sgd_f64(theta, g, c, n)
        case .momentum: optimiser_momentum_f64(theta, m, g, c, n)
        case .nesterov: optimiser_nesterov_f64(theta, m, g, c, n)
        case .rmsProp: optimiser_rmsprop_f64(theta, m, v, g, c, n)
        case .uncentredRMSProp: optimiser_rmsprop_uncentred_f64(theta, v, g, c, n)
        case .adam: optimiser_adam_f64(theta, m, v, g, c, n)
        case .decoupledAdam: optimiser_adamw_f64(theta, m, v, g, c, n)
        case .adaGrad: optimiser_adagrad_f64(theta, v, g, c, n)
        }
    }
}
