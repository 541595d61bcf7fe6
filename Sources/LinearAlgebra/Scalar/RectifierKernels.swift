import CElementwise

/// The concatenated rectifier and its derivatives, on rows of numbers.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol RectifierKernels {
    static func pairedRectifier(
        _ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ size: (rows: Int, columns: Int))
    static func pairedRectifierTangent(
        _ ty: UnsafeMutablePointer<Self>, _ tx: UnsafePointer<Self>, _ x: UnsafePointer<Self>,
        _ size: (rows: Int, columns: Int))
    static func pairedRectifierTranspose(
        _ dx: UnsafeMutablePointer<Self>, _ dy: UnsafePointer<Self>, _ x: UnsafePointer<Self>,
        _ size: (rows: Int, columns: Int))
}

extension Float: RectifierKernels {
    public static func pairedRectifier(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ size: (rows: Int, columns: Int)
    ) {
        elementwise_paired_rectifier_f32(y, x, size.rows, size.columns)
    }

    public static func pairedRectifierTangent(
        _ ty: UnsafeMutablePointer<Float>, _ tx: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_paired_rectifier_tangent_f32(ty, tx, x, size.rows, size.columns)
    }

    public static func pairedRectifierTranspose(
        _ dx: UnsafeMutablePointer<Float>, _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_paired_rectifier_transpose_f32(dx, dy, x, size.rows, size.columns)
    }
}

extension Double: RectifierKernels {
    public static func pairedRectifier(
        _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ size: (rows: Int, columns: Int)
    ) {
        elementwise_paired_rectifier_f64(y, x, size.rows, size.columns)
    }

    public static func pairedRectifierTangent(
        _ ty: UnsafeMutablePointer<Double>, _ tx: UnsafePointer<Double>, _ x: UnsafePointer<Double>,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_paired_rectifier_tangent_f64(ty, tx, x, size.rows, size.columns)
    }

    public static func pairedRectifierTranspose(
        _ dx: UnsafeMutablePointer<Double>, _ dy: UnsafePointer<Double>, _ x: UnsafePointer<Double>,
        _ size: (rows: Int, columns: Int)
    ) {
        elementwise_paired_rectifier_transpose_f64(dx, dy, x, size.rows, size.columns)
    }
}
