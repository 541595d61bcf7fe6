import CElementwise

/// Sliding windows over images: products for convolutions.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks; `window.h` says what each computes.
public protocol WindowKernels {
    static func windowMultiply(_ call: WindowCall<Self>, _ start: WindowStart<Self>)
    static func windowCorrelate(_ call: WindowCall<Self>)
    static func windowLower(_ call: WindowCall<Self>)
    static func windowPack(_ packed: UnsafeMutablePointer<Self>, _ w: StridedSpan<Self>)
    static func windowBlockSums(
        _ sums: UnsafeMutablePointer<Self>, _ stride: Int, _ factors: BlockFactors<Self>, _ offset: Self)
}

/// One call of a window's kernel.
public struct WindowCall<Element> {
    let result: UnsafeMutablePointer<Element>
    let source: UnsafePointer<Element>
    /// The packed matrix or the cotangents; nil for a lowering.
    let other: UnsafePointer<Element>?
    let plan: UnsafePointer<window_plan>
    let size: UnsafePointer<window_size>
}

/// What products with windows are added to.
public enum WindowStart<Element> {
    /// What stands there.
    case present
    /// A row at every position; nil for zeros.
    case row(UnsafePointer<Element>?)
}

/// `rows × columns` numbers with a step in either direction.
public struct StridedSpan<Element> {
    let start: UnsafePointer<Element>
    let rows: Int
    let rowStep: Int
    let columns: Int
    let columnStep: Int
}

/// Two matrices of `rows × columns` blocks, each `block × block`.
public struct BlockFactors<Element> {
    let a: UnsafePointer<Element>
    let b: UnsafePointer<Element>
    let rows: Int
    let columns: Int
    let block: Int
}

extension Float: WindowKernels {
    public static func windowMultiply(_ call: WindowCall<Float>, _ start: WindowStart<Float>) {
        switch start {
        case .present: window_multiply_f32(call.result, nil, call.source, call.other, call.plan, call.size)
        case .row(let row):
            var start = window_start_f32(row: row)
            window_multiply_f32(call.result, &start, call.source, call.other, call.plan, call.size)
        }
    }

    public static func windowCorrelate(_ call: WindowCall<Float>) {
        window_correlate_f32(call.result, call.source, call.other, call.plan, call.size)
    }

    public static func windowLower(_ call: WindowCall<Float>) {
        window_lower_f32(call.result, call.source, call.plan, call.size)
    }

    public static func windowPack(_ packed: UnsafeMutablePointer<Float>, _ w: StridedSpan<Float>) {
        window_pack_f32(packed, w.start, w.rows, w.rowStep, w.columns, w.columnStep)
    }

    public static func windowBlockSums(
        _ sums: UnsafeMutablePointer<Float>, _ stride: Int, _ factors: BlockFactors<Float>, _ offset: Float
    ) {
        window_block_sums_f32(
            sums, stride, factors.a, factors.b, offset, factors.rows, factors.columns, factors.block)
    }
}

extension Double: WindowKernels {
    public static func windowMultiply(_ call: WindowCall<Double>, _ start: WindowStart<Double>) {
        switch start {
        case .present: window_multiply_f64(call.result, nil, call.source, call.other, call.plan, call.size)
        case .row(let row):
            var start = window_start_f64(row: row)
            window_multiply_f64(call.result, &start, call.source, call.other, call.plan, call.size)
        }
    }

    public static func windowCorrelate(_ call: WindowCall<Double>) {
        window_correlate_f64(call.result, call.source, call.other, call.plan, call.size)
    }

    public static func windowLower(_ call: WindowCall<Double>) {
        window_lower_f64(call.result, call.source, call.plan, call.size)
    }

    public static func windowPack(_ packed: UnsafeMutablePointer<Double>, _ w: StridedSpan<Double>) {
        window_pack_f64(packed, w.start, w.rows, w.rowStep, w.columns, w.columnStep)
    }

    public static func windowBlockSums(
        _ sums: UnsafeMutablePointer<Double>, _ stride: Int, _ factors: BlockFactors<Double>, _ offset: Double
    ) {
        window_block_sums_f64(
            sums, stride, factors.a, factors.b, offset, factors.rows, factors.columns, factors.block)
    }
}
