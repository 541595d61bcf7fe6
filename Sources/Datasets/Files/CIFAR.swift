import Files
import Foundation

/// CIFAR-10's binary files: records of one label byte and 3 × 32 × 32 pixel bytes (red, green, blue planes), no header.
enum CIFAR {
    static let shape = [3, 32, 32]
    static let imageSize = 3 * 32 * 32

    static func read(_ paths: [String], limit: Int?) throws(Fault) -> ImageSet {
        var pixels: [UInt8] = []
        var labels: [Int] = []
        for path in paths {
            let wanted = limit.map { $0 - labels.count } ?? Int.max
            if wanted == 0 { break }
            try append(path, wanted: wanted, to: &pixels, &labels)
        }
        return ImageSet(name: "cifar10", shape: shape, pixels: pixels, labels: labels)
    }

    private static func append(
        _ path: String, wanted: Int, to pixels: inout [UInt8], _ labels: inout [Int]
    ) throws(Fault) {
        let content = try Gzip.content(path)
        let record = imageSize + 1
        guard !content.isEmpty, content.count.isMultiple(of: record) else {
            throw Fault(
                .data, "\(content.count) bytes, needed is a whole number of records of \(record) bytes", at: path,
                remedy: "The file is cut off, or is not of CIFAR-10's binary version")
        }
        let count = min(content.count / record, wanted)
        pixels.reserveCapacity(pixels.count + count * imageSize)
        for index in 0..<count {
            let one = content.dropFirst(index * record).prefix(record)
            guard let label = one.first, label < ImageSet.classCount else {
                throw Fault(.data, "the label of record \(index) is \(one.first ?? 0), needed is 0 to 9", at: path)
            }
            labels.append(Int(label))
            pixels.append(contentsOf: one.dropFirst())
        }
    }
}
