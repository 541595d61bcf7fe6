/// One axis of a sliding window: which of its `kernel` places meet which numbers of the source, for each of the targets.
///
/// Targets whose windows keep the same places form a class: those at an edge lose some to the padding, and where the
/// way back strides, neighbours meet different places. One may keep none.
struct WindowAxis: Sendable {
    struct Class {
        /// Places of the kernel, in the order of the source's numbers.
        let places: [Int]
        /// The source's number that each meets, counted from the first's.
        let steps: [Int]
        var targets: [Int] = []
        /// The source's number that the first place meets, for each target.
        var firsts: [Int] = []
    }

    let classes: [Class]

    /// - Parameter place: of the window at a target, the number of the source that one of its places meets.
    private init(targets: Int, sources: Int, kernel: Int, place: (_ target: Int, _ place: Int) -> Int?) {
        var classes: [Class] = []
        for target in 0..<targets {
            let met = (0..<kernel).compactMap { index in
                place(target, index).flatMap { 0 <= $0 && $0 < sources ? (index, $0) : nil }
            }.sorted { $0.1 < $1.1 }
            let first = met.first?.1 ?? 0
            let (places, steps) = (met.map { $0.0 }, met.map { $0.1 - first })
            let index = classes.firstIndex { $0.places == places && $0.steps == steps } ?? classes.count
            if index == classes.count { classes.append(Class(places: places, steps: steps)) }
            classes[index].targets.append(target)
            classes[index].firsts.append(first)
        }
        self.classes = classes
    }

    /// From an image to what a window of `shape` sees of it: target t and place k meet source t·stride + k − padding.
    static func ahead(_ shape: WindowShape, sources: Int) -> WindowAxis {
        WindowAxis(targets: shape.outputs(sources), sources: sources, kernel: shape.kernel) {
            $0 * shape.stride + $1 - shape.padding
        }
    }

    /// Back from there to the image, of `targets` numbers: the same pairs, the other way round.
    static func back(_ shape: WindowShape, targets: Int) -> WindowAxis {
        WindowAxis(targets: targets, sources: shape.outputs(targets), kernel: shape.kernel) {
            let distance = $0 + shape.padding - $1
            return distance >= 0 && distance % shape.stride == 0 ? distance / shape.stride : nil
        }
    }
}

/// A square window that slides over an image in both directions alike.
public struct WindowShape: Sendable, Equatable {
    public let kernel: Int
    public let stride: Int
    public let padding: Int

    public init(kernel: Int, stride: Int, padding: Int) {
        precondition(kernel > 0 && stride > 0 && padding >= 0, "a window of \(kernel), \(stride), \(padding)")
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// How many windows stand along `inputs` numbers; 0 or less where none fits.
    public func outputs(_ inputs: Int) -> Int {
        let room = inputs + 2 * padding - kernel
        return room < 0 ? 0 : room / stride + 1
    }
}
