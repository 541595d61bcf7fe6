import CElementwise

/// Pooling of images that lie channels last.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol PoolingKernels {
    static func maxPool(
        _ y: UnsafeMutablePointer<Self>, _ index: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>,
        _ window: PoolingWindow, _ examples: Int)
    static func maxPoolGather(
        _ y: UnsafeMutablePointer<Self>, _ index: UnsafePointer<Self>, _ x: UnsafePointer<Self>,
        _ window: PoolingWindow, _ examples: Int)
    static func maxPoolScatter(
        _ x: UnsafeMutablePointer<Self>, _ index: UnsafePointer<Self>, _ y: UnsafePointer<Self>,
        _ window: PoolingWindow, _ examples: Int)
    static func averagePool(
        _ y: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, _ window: PoolingWindow, _ examples: Int)
    static func averagePoolScatter(
        _ x: UnsafeMutablePointer<Self>, _ y: UnsafePointer<Self>, _ window: PoolingWindow, _ examples: Int)
}

/// A window that slides over an image of `[height, width, channels]` in memory.
public struct PoolingWindow: Sendable, Equatable {
    public let channels: Int
    /// Height and width of the image.
    public let image: (height: Int, width: Int)
    /// Height and width of the window.
    public let kernel: (height: Int, width: Int)
    public let stride: Int
    /// On each side.
    public let padding: Int

    /// - Precondition: sizes are positive, the padding is at most half the kernel, and the kernel fits the padded image.
    public init(
        channels: Int, image: (height: Int, width: Int), kernel: (height: Int, width: Int), stride: Int, padding: Int
    ) {
        precondition(
            channels > 0 && stride > 0 && padding >= 0 && 2 * padding <= min(kernel.height, kernel.width)
                && (1...image.height + 2 * padding).contains(kernel.height)
                && (1...image.width + 2 * padding).contains(kernel.width),
            "a window of \(kernel), stride \(stride), padding \(padding) over \(image) of \(channels) channels")
        self.channels = channels
        self.image = image
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// ⌊(extent + 2 padding − kernel) / stride⌋ + 1 places a side.
    public var places: (height: Int, width: Int) {
        (
            (image.height + 2 * padding - kernel.height) / stride + 1,
            (image.width + 2 * padding - kernel.width) / stride + 1
        )
    }

    /// Numbers of one image, and of what becomes of it.
    public var inputWidth: Int { image.height * image.width * channels }
    public var outputWidth: Int { places.height * places.width * channels }

    public static func == (left: PoolingWindow, right: PoolingWindow) -> Bool {
        left.channels == right.channels && left.image == right.image && left.kernel == right.kernel
            && left.stride == right.stride && left.padding == right.padding
    }

    var imported: pooling_window {
        pooling_window(
            channels: channels, height: image.height, width: image.width, output_height: places.height,
            output_width: places.width, kernel_height: kernel.height, kernel_width: kernel.width, stride: stride,
            padding: padding)
    }
}

extension Float: PoolingKernels {
    public static func maxPool(
        _ y: UnsafeMutablePointer<Float>, _ index: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
        _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_max_pool_f32(y, index, x, window.imported, examples)
    }

    public static func maxPoolGather(
        _ y: UnsafeMutablePointer<Float>, _ index: UnsafePointer<Float>, _ x: UnsafePointer<Float>,
        _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_max_pool_gather_f32(y, index, x, window.imported, examples)
    }

    public static func maxPoolScatter(
        _ x: UnsafeMutablePointer<Float>, _ index: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_max_pool_scatter_f32(x, index, y, window.imported, examples)
    }

    public static func averagePool(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_average_pool_f32(y, x, window.imported, examples)
    }

    public static func averagePoolScatter(
        _ x: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_average_pool_scatter_f32(x, y, window.imported, examples)
    }
}

extension Double: PoolingKernels {
    public static func maxPool(
        _ y: UnsafeMutablePointer<Double>, _ index: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>,
        _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_max_pool_f64(y, index, x, window.imported, examples)
    }

    public static func maxPoolGather(
        _ y: UnsafeMutablePointer<Double>, _ index: UnsafePointer<Double>, _ x: UnsafePointer<Double>,
        _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_max_pool_gather_f64(y, index, x, window.imported, examples)
    }

    public static func maxPoolScatter(
        _ x: UnsafeMutablePointer<Double>, _ index: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
        _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_max_pool_scatter_f64(x, index, y, window.imported, examples)
    }

    public static func averagePool(
        _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_average_pool_f64(y, x, window.imported, examples)
    }

    public static func averagePoolScatter(
        _ x: UnsafeMutablePointer<Double>, _ y: UnsafePointer<Double>, _ window: PoolingWindow, _ examples: Int
    ) {
        elementwise_average_pool_scatter_f64(x, y, window.imported, examples)
    }
}
