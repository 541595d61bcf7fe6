/// The shape of one example between two layers, and how its numbers lie in memory.
public struct ExampleShape: Sendable, Equatable {
    /// As architectures write it: `[features]`, `[channels, height, width]` for an image, `[tokens, features]`.
    public let extents: [Int]
    /// Of an image; anything else lies as written.
    public let order: AxisOrder

    public init(_ extents: [Int], order: AxisOrder = .asWritten) {
        self.extents = extents
        // With one channel or one position both orders are the same, and nothing needs to move.
        let isImage = extents.count == 3 && extents[0] > 1 && extents[1] * extents[2] > 1
        self.order = isImage ? order : .asWritten
    }

    /// Numbers of one example.
    public var width: Int { extents.reduce(1, *) }

    /// The same shape in another order.
    public func ordered(_ order: AxisOrder) -> ExampleShape { ExampleShape(extents, order: order) }

    /// Whether the shape is that of an image, `[channels, height, width]`.
    public var isImage: Bool { extents.count == 3 }
}

/// In which order the numbers of an image lie.
public enum AxisOrder: Sendable, Equatable {
    /// `[channels, height, width]`, as files hold it.
    case asWritten
    /// `[height, width, channels]`: a position's channels touch, so that a convolution is one tall product and tokens
    /// are rows.
    case channelsLast
}
