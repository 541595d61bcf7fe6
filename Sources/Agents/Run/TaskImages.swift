package import Datasets
package import Files

/// The images of a run's task: those to act in, and those held out to measure on.
package struct TaskImages {
    package let train: ImageSet
    package let heldOut: ImageSet
    /// Of all pixels and labels, in hexadecimal.
    package let checksum: String

    /// Draws or reads the images.
    ///
    /// - Throws: `Fault` of kind `usage` or `data` where they cannot be had, or are not those that a run began with.
    package init(_ configuration: EnvironmentConfiguration, dataDirectory: String?) throws(Fault) {
        func images(_ split: Split, _ count: Int?) throws(Fault) -> ImageSet {
            try ImageSet.named(
                configuration.images, split: split, count: count, seed: configuration.imageSeed,
                dataDirectory: dataDirectory)
        }
        train = try images(.train, configuration.imageCount)
        // A drawn set has as many held-out images as are asked for; files have what they have.
        let isProcedural = DatasetSource(rawValue: configuration.images)?.isProcedural == true
        heldOut = try images(.test, isProcedural ? configuration.evaluationCount : nil)
        var sum = Checksum()
        for set in [train, heldOut] {
            sum.add(set.pixels)
            sum.add(set.labels.map { UInt8($0) })
        }
        checksum = sum.text
        guard configuration.imageChecksum.isEmpty || configuration.imageChecksum == checksum else {
            throw Fault(
                .data, "the images of '\(configuration.images)' are not those that the run began with",
                at: dataDirectory ?? configuration.images,
                remedy: "Give the files that it began with, or the program's version that drew them")
        }
    }
}

/// FNV-1a with 64 bits: tells changed files from unchanged ones; no protection against malice.
private struct Checksum {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
