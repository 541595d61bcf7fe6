import Files
import Foundation

@testable import Datasets

/// A folder of its own for one test, gone with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/datasets-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    /// Two small MNIST files of the training split, as the writer of a true data set would name them.
    func writeMNIST(images: [UInt8] = idxImages(), labels: [UInt8] = idxLabels()) throws {
        try write("train-images-idx3-ubyte", images)
        try write("train-labels-idx1-ubyte", labels)
    }
}

/// Four images of 3 × 2 pixels, 0, 1, 2 …, unless the extents in the header are to lie.
func idxImages(_ extents: [Int] = [4, 3, 2], magic: Int = 0x803, bytes: Int = 24) -> [UInt8] {
    ([magic] + extents).flatMap(bigEndian) + (0..<bytes).map { UInt8(truncatingIfNeeded: $0) }
}

func idxLabels(_ labels: [UInt8] = [3, 0, 9, 5], magic: Int = 0x801, count: Int? = nil) -> [UInt8] {
    bigEndian(magic) + bigEndian(count ?? labels.count) + labels
}

func bigEndian(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
}

/// CIFAR-10 records whose pixels are (index + position) mod 251.
func cifar(_ labels: [UInt8]) -> [UInt8] {
    labels.enumerated().flatMap { index, label in [label] + cifarPixels(index) }
}

func cifarPixels(_ index: Int) -> [UInt8] { (0..<3072).map { UInt8((index + $0) % 251) } }

/// A gzip file written by hand, after RFC 1952 and 1951: one stored block, so that the test needs no compressor.
func gzip(_ content: [UInt8]) -> [UInt8] {
    precondition(content.count < 65536, "a stored block holds less than 64 KiB")
    let length = [UInt8(content.count & 0xff), UInt8(content.count >> 8)]
    var file: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1]
    file += length
    file += length.map { ~$0 }
    file += content
    file += bigEndian(Int(crc32(content))).reversed()
    file += bigEndian(content.count).reversed()
    return file
}

func crc32(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0xffff_ffff
    for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xedb8_8320 : sum >> 1 }
    }
    return ~sum
}

/// The bytes with one of them inverted.
func flipped(_ bytes: [UInt8], at index: Int) -> [UInt8] {
    var bytes = bytes
    bytes[index] = ~bytes[index]
    return bytes
}

/// The fault that `body` throws, or nil.
func fault(_ body: () throws(Fault) -> Void) -> Fault? {
    do throws(Fault) {
        try body()
        return nil
    } catch {
        return error
    }
}
