public import LinearAlgebra

/// Labelled images of one size, as bytes: what an image-classification task is made of.
///
/// Pixels lie image after image, each in the order channel, row, column (CHW). Bytes and not floats are kept: 60 000
/// MNIST images take 47 MB so, and `floats(of:)` makes the numbers that a network sees, for the examples in hand only.
public struct ImageSet: Sendable, Equatable {
    /// How many classes a set has: ten in every set of this module.
    public static let classCount = 10

    /// What the set is called: `digits`, `objects`, `mnist`, `cifar10`.
    public let name: String
    /// The shape of one image: [channels, height, width].
    public let shape: [Int]
    /// `count` × channels × height × width bytes.
    public let pixels: [UInt8]
    /// One class, in 0 ..< `classCount`, per image.
    public let labels: [Int]

    /// A set of images; the shape has three positive extents, and pixels and labels are of one count.
    public init(name: String, shape: [Int], pixels: [UInt8], labels: [Int]) {
        precondition(shape.count == 3 && shape.allSatisfy { $0 > 0 }, "an image has three extents, not \(shape)")
        let needed = shape.reduce(labels.count, *)
        precondition(pixels.count == needed, "\(needed) bytes make the images, not \(pixels.count)")
        precondition(labels.allSatisfy { (0..<Self.classCount).contains($0) }, "a label is outside 0 ..< 10")
        self.name = name
        self.shape = shape
        self.pixels = pixels
        self.labels = labels
    }

    /// The number of images.
    public var count: Int { labels.count }
    /// The number of values in one image: channels × height × width.
    public var imageSize: Int { shape[0] * shape[1] * shape[2] }
    /// How many classes the set has.
    public var classCount: Int { Self.classCount }

    /// The bytes of one image, [channels, height, width].
    public func pixels(of index: Int) -> ArraySlice<UInt8> {
        pixels[index * imageSize..<(index + 1) * imageSize]
    }

    /// The chosen images as numbers in [0, 1], byte / 255, in the order of `indices` (which may repeat).
    ///
    /// - Returns: `[examples, channels * height * width]`, row by row. No mean is taken away: the scaling is the same for
    ///   every set and depends on no other image.
    public func floats(of indices: [Int]) -> [Float] {
        let numbers = Matrix<Float>(rows: indices.count, columns: imageSize)
        for (row, index) in indices.enumerated() { write(index, into: numbers.row(row)) }
        return numbers.array
    }

    /// One image as numbers in [0, 1], byte / 255, `[channels * height * width]`; straight from the bytes.
    public func write(_ index: Int, into numbers: Vector<Float>) {
        precondition(numbers.count == imageSize, "an image of \(imageSize) numbers in \(numbers.count)")
        numbers.assign(bytes: pixels, from: index * imageSize, dividedBy: 255)
    }

    /// All images as numbers in [0, 1]: `[count, channels * height * width]`.
    public func floats() -> [Float] { floats(of: Array(0..<count)) }

    /// Where the images of one class are, in rising order.
    public func indices(ofClass label: Int) -> [Int] { labels.indices.filter { labels[$0] == label } }

    /// The first images, or the whole set where it has no more.
    public func subset(first wanted: Int) -> ImageSet {
        guard wanted < count else { return self }
        return ImageSet(
            name: name, shape: shape, pixels: Array(pixels.prefix(wanted * imageSize)),
            labels: Array(labels.prefix(wanted)))
    }
}

/// Which of a set's two disjoint halves: what is learnt from, or what is tested on.
public enum Split: String, Sendable, CaseIterable {
    case train
    case test
}
