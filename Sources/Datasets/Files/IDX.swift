import Files
import Foundation

/// MNIST's files: big-endian header `magic, count[, rows, columns]`, then bytes.
enum IDX {
    static func read(images imagePath: String, labels labelPath: String, limit: Int?) throws(Fault) -> ImageSet {
        let images = try body(imagePath, rank: 3)
        let labels = try body(labelPath, rank: 1)
        let count = images.extents[0]
        guard count == labels.extents[0] else {
            throw Fault(
                .data, "holds \(labels.extents[0]) labels for the \(count) images of \(imagePath)", at: labelPath,
                remedy: "The two files must belong together")
        }
        if let wrong = labels.bytes.firstIndex(where: { $0 >= ImageSet.classCount }) {
            let index = wrong - labels.bytes.startIndex
            throw Fault(.data, "label \(index) is \(labels.bytes[wrong]), needed is 0 to 9", at: labelPath)
        }
        let kept = min(count, limit ?? count)
        let shape = [1, images.extents[1], images.extents[2]]
        return ImageSet(
            name: "mnist", shape: shape, pixels: [UInt8](images.bytes.prefix(kept * shape[1] * shape[2])),
            labels: labels.bytes.prefix(kept).map(Int.init))
    }

    /// An IDX file of unsigned bytes: its extents, and as many bytes as they promise.
    private static func body(_ path: String, rank: Int) throws(Fault) -> (extents: [Int], bytes: Data) {
        let content = try Gzip.content(path)
        let header = 4 + 4 * rank
        guard content.count >= header else {
            throw Fault(.data, "is cut off: \(content.count) bytes, its header alone takes \(header)", at: path)
        }
        let words = (0...rank).map { word in
            content.dropFirst(4 * word).prefix(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        // The third byte is the type, 8 for unsigned bytes; the fourth is the number of extents.
        let magic = UInt64(0x0800 + rank)
        guard words[0] == magic else {
            throw Fault(
                .data,
                "magic number \(hexadecimal(words[0], digits: 8)), needed is \(hexadecimal(magic, digits: 8)) (IDX, "
                    + "unsigned bytes, \(rank) extent\(rank == 1 ? "" : "s"))", at: path)
        }
        let extents = words.dropFirst().map { Int($0) }
        guard extents.allSatisfy({ $0 > 0 }) else {
            throw Fault(.data, "is empty: its header says \(extents)", at: path)
        }
        var needed = 1
        var overflow = false
        for extent in extents {
            let product = needed.multipliedReportingOverflow(by: extent)
            needed = product.partialValue
            overflow = overflow || product.overflow
        }
        let held = content.count - header
        guard !overflow, held == needed else {
            let promised = overflow ? "more bytes than any file has" : "\(needed) bytes"
            let short = overflow || held < needed
            let state = short ? "is cut off or its header is damaged" : "is longer than it should be"
            throw Fault(.data, "\(state): \(extents) are \(promised), the file holds \(held)", at: path)
        }
        return (extents, content.dropFirst(header))
    }
}
