import CElementwise

/// Tables that say which numbers of an image a sliding window meets at each of its positions, and which rows of a matrix
/// each of them meets there.
///
/// Images lie as `[height, width, channels]`, so that a window's numbers are stretches. No image is padded or written
/// out window by window: a position at the edge has fewer taps.
public struct WindowPlan: Sendable {
    /// Numbers of one example on either side.
    let sourceWidth: Int
    let targetWidth: Int
    /// Rows and columns of the matrix.
    public let rows: Int
    public let columns: Int
    private let classes: [window_class]
    private let taps: [window_tap]
    private let sources: [Int32]
    private let targets: [Int32]

    /// Longer stretches are cut: rows of a packed matrix that fit the nearest cache.
    private static var longest: Int { 96 }

    /// From an image `[height, width, channels]` to its windows, whose numbers are ordered
    /// `[kernel, kernel, channels]`: a convolution on its way forward.
    public static func ahead(
        _ shape: WindowShape, image: (height: Int, width: Int), channels: Int, columns: Int
    ) -> WindowPlan {
        WindowPlan(
            vertical: .ahead(shape, sources: image.height), horizontal: .ahead(shape, sources: image.width),
            sources: image, targets: (shape.outputs(image.height), shape.outputs(image.width)),
            matrix: (channels, columns, shape.kernel)
        ) { $0 }
    }

    /// From cotangents of windows, `[height′, width′, channels]`, back to the image: a window over them, turned by half a
    /// circle and strided over the gaps. The matrix's rows are ordered `[kernel, kernel, channels]` with the kernel's
    /// places from last to first, as they then follow one another.
    public static func back(
        _ shape: WindowShape, image: (height: Int, width: Int), channels: Int, columns: Int
    ) -> WindowPlan {
        WindowPlan(
            vertical: .back(shape, targets: image.height), horizontal: .back(shape, targets: image.width),
            sources: (shape.outputs(image.height), shape.outputs(image.width)), targets: image,
            matrix: (channels, columns, shape.kernel)
        ) { shape.kernel - 1 - $0 }
    }

    private init(
        vertical: WindowAxis, horizontal: WindowAxis, sources: (height: Int, width: Int),
        targets: (height: Int, width: Int), matrix: (channels: Int, columns: Int, kernel: Int),
        order: (Int) -> Int
    ) {
        let channels = matrix.channels
        sourceWidth = sources.height * sources.width * channels
        targetWidth = targets.height * targets.width * matrix.columns
        precondition(
            max(sourceWidth, targetWidth, matrix.kernel * matrix.kernel * channels) <= Int32.max,
            "an image of more than 2³¹ numbers")
        rows = matrix.kernel * matrix.kernel * channels
        columns = matrix.columns
        var classes: [window_class] = []
        var taps: [window_tap] = []
        var starts: (sources: [Int32], targets: [Int32]) = ([], [])
        for upper in vertical.classes {
            for left in horizontal.classes {
                var stretches: [Stretch] = []
                for (row, down) in zip(upper.places, upper.steps) {
                    for (column, along) in zip(left.places, left.steps) {
                        let next = Stretch(
                            source: (down * sources.width + along) * channels,
                            row: (order(row) * matrix.kernel + order(column)) * channels, length: channels)
                        if stretches.last?.join(next) != true {
                            stretches.append(next)
                        } else {
                            stretches[stretches.count - 1].length += channels
                        }
                    }
                }
                let cut = stretches.flatMap { $0.cut(to: Self.longest) }
                classes.append(
                    window_class(
                        first_tap: Int32(taps.count), tap_count: Int32(cut.count),
                        first_position: Int32(starts.sources.count),
                        position_count: Int32(upper.targets.count * left.targets.count)))
                taps += cut
                for (target, first) in zip(upper.targets, upper.firsts) {
                    for (column, start) in zip(left.targets, left.firsts) {
                        starts.targets.append(Int32((target * targets.width + column) * columns))
                        starts.sources.append(Int32((first * sources.width + start) * channels))
                    }
                }
            }
        }
        (self.classes, self.taps) = (classes, taps)
        (self.sources, self.targets) = starts
    }

    /// A stretch of source numbers and the matrix's rows that they meet, before it is cut.
    private struct Stretch {
        let source: Int
        let row: Int
        var length: Int

        func join(_ next: Stretch) -> Bool { source + length == next.source && row + length == next.row }

        /// In pieces of even length, none over `most`.
        func cut(to most: Int) -> [window_tap] {
            let count = (length + most - 1) / most
            return (0..<count).map { piece in
                let start = length * piece / count
                return window_tap(
                    source: Int32(source + start), row: Int32(row + start),
                    length: Int32(length * (piece + 1) / count - start))
            }
        }
    }

    /// Windows of one example.
    public var positions: Int { targetWidth / columns }

    /// Lets `body` see the tables as C does, for all columns or some.
    func withTables(
        examples: Int, columns: Int? = nil, _ body: (UnsafePointer<window_plan>, UnsafePointer<window_size>) -> Void
    ) {
        classes.withUnsafeBufferPointer { classes in
            taps.withUnsafeBufferPointer { taps in
                sources.withUnsafeBufferPointer { sources in
                    targets.withUnsafeBufferPointer { targets in
                        var plan = window_plan(
                            classes: classes.baseAddress, class_count: classes.count, taps: taps.baseAddress,
                            sources: sources.baseAddress, targets: targets.baseAddress)
                        var size = window_size(
                            examples: examples, source: sourceWidth, target: targetWidth,
                            columns: columns ?? self.columns, rows: rows)
                        body(&plan, &size)
                    }
                }
            }
        }
    }
}
