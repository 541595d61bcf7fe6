import Files
import Testing

@testable import Datasets

/// Oracle: files whose every byte the test writes, after the published formats.
@Suite struct ImageReaderTests {
    static let mnist = ImageSet(
        name: "mnist", shape: [1, 3, 2], pixels: Array(0..<24), labels: [3, 0, 9, 5])

    @Test(arguments: [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", false),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte", false),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", true),
        ("train-images.idx3-ubyte.gz", "train-labels-idx1-ubyte", true),
        ("MNIST/raw/train-images-idx3-ubyte", "MNIST/raw/train-labels-idx1-ubyte", true),
    ])
    func `IDX files are read under every name`(_ images: String, _ labels: String, _ compressed: Bool) throws {
        let folder = try TemporaryFolder()
        try folder.write(images, compressed ? gzip(idxImages()) : idxImages())
        try folder.write(labels, compressed ? gzip(idxLabels()) : idxLabels())
        #expect(try ImageSet.read(directory: folder.path, split: .train) == Self.mnist)
        #expect(try ImageSet.read(directory: folder.path, split: .train, limit: 3) == Self.mnist.subset(first: 3))
    }

    @Test func `the test split has files of its own`() throws {
        let folder = try TemporaryFolder()
        try folder.write("t10k-images-idx3-ubyte", idxImages([1, 2, 2], bytes: 4))
        try folder.write("t10k-labels-idx1-ubyte", idxLabels([8]))
        let set = try ImageSet.read(directory: folder.path, split: .test)
        #expect(set == ImageSet(name: "mnist", shape: [1, 2, 2], pixels: [0, 1, 2, 3], labels: [8]))
        let absent = fault { () throws(Fault) in _ = try ImageSet.read(directory: folder.path, split: .train) }
        #expect(absent?.kind == .data)
    }

    @Test(arguments: ["", "cifar-10-batches-bin/"], [false, true])
    func `CIFAR batches follow one another`(_ place: String, _ compressed: Bool) throws {
        let folder = try TemporaryFolder()
        for batch in 1...5 {
            let content = cifar([UInt8(batch), UInt8(batch + 4)])
            let name = "\(place)data_batch_\(batch).bin"
            try folder.write(compressed ? name + ".gz" : name, compressed ? gzip(content) : content)
        }
        try folder.write("\(place)test_batch.bin", cifar([0]))
        let set = try ImageSet.read(directory: folder.path, split: .train)
        #expect(set.name == "cifar10" && set.shape == [3, 32, 32])
        #expect(set.labels == [1, 5, 2, 6, 3, 7, 4, 8, 5, 9])
        for index in 0..<10 { #expect(Array(set.pixels(of: index)) == cifarPixels(index % 2)) }
        #expect(try ImageSet.read(directory: folder.path, split: .train, limit: 3) == set.subset(first: 3))
        #expect(try ImageSet.read(directory: folder.path, split: .test).labels == [0])
    }

    @Test(arguments: [
        BadFile("images of another magic", images: idxImages(magic: 0x801), says: "0x00000801, needed is 0x00000803"),
        BadFile("labels of another magic", labels: idxLabels(magic: 0x803), says: "0x00000803, needed is 0x00000801"),
        BadFile("a cut header", images: Array(idxImages().prefix(11)), says: "11 bytes, its header alone takes 16"),
        BadFile("an empty file", labels: [], says: "0 bytes, its header alone takes 8"),
        BadFile("cut pixels", images: Array(idxImages().dropLast()), says: "[4, 3, 2] are 24 bytes, the file holds 23"),
        BadFile("cut labels", labels: idxLabels(count: 5), says: "[5] are 5 bytes, the file holds 4"),
        BadFile("pixels too many", images: idxImages(bytes: 25), says: "is longer than it should be"),
        BadFile("a huge count", images: idxImages([1 << 31, 3, 2]), says: "are 12884901888 bytes, the file holds 24"),
        BadFile(
            "an overflow", images: idxImages([0xffff_ffff, 0xffff_ffff, 0xffff_ffff]),
            says: "more bytes than any file has"),
        BadFile("no image", images: idxImages([0, 3, 2], bytes: 0), says: "is empty"),
        BadFile("a label of 10", labels: idxLabels([3, 10, 9, 5]), says: "label 1 is 10, needed is 0 to 9"),
        BadFile("too few labels", labels: idxLabels([3, 0]), says: "2 labels for the 4 images"),
        BadFile("gzip cut off", images: Array(gzip(idxImages()).dropLast(9)), says: "damaged gzip file"),
        BadFile("gzip with a wrong sum", images: flipped(gzip(idxImages()), at: 20), says: "crc"),
    ])
    func `a bad IDX file is a fault that says why`(_ bad: BadFile) throws {
        let folder = try TemporaryFolder()
        try folder.writeMNIST(images: bad.images, labels: bad.labels)
        let fault = fault { () throws(Fault) in _ = try ImageSet.read(directory: folder.path, split: .train) }
        #expect(fault?.kind == .data)
        #expect(fault?.place.hasPrefix(folder.path + "/train-") == true)
        #expect(fault?.description.contains(bad.says) == true, "\(fault as Any)")
    }

    @Test func `a bad CIFAR file is a fault that says why`() throws {
        for (content, says) in [
            (Array(cifar([1, 2]).dropLast()), "6145 bytes, needed is a whole number of records of 3073"),
            ([], "0 bytes"), (cifar([1, 10]), "the label of record 1 is 10, needed is 0 to 9"),
        ] as [([UInt8], String)] {
            let folder = try TemporaryFolder()
            try folder.write("test_batch.bin", content)
            let fault = fault { () throws(Fault) in _ = try ImageSet.read(directory: folder.path, split: .test) }
            #expect(fault?.kind == .data && fault?.place == folder.path + "/test_batch.bin")
            #expect(fault?.description.contains(says) == true, "\(fault as Any)")
        }
    }

    @Test func `what is missing is named`() throws {
        let folder = try TemporaryFolder()
        func says(_ words: String, _ directory: String, _ format: ImageFormat? = nil) -> Bool {
            let fault = fault { () throws(Fault) in
                _ = try ImageSet.read(directory: directory, format: format, split: .train)
            }
            return fault?.kind == .data && fault?.description.contains(words) == true
        }
        #expect(says("no such directory", folder.path + "/none"))
        #expect(says("train-images-idx3-ubyte or data_batch_1.bin", folder.path))
        try folder.write("train-images-idx3-ubyte", idxImages())
        #expect(says("train-labels-idx1-ubyte: no such file", folder.path))
        #expect(says("no such directory", folder.path + "/train-images-idx3-ubyte"))
        #expect(says("needed is data_batch_1.bin", folder.path, .cifar10))
        for batch in [1, 2, 4, 5] { try folder.write("data_batch_\(batch).bin", cifar([1])) }
        #expect(says("both MNIST and CIFAR-10", folder.path))
        #expect(says("data_batch_3.bin: no such file", folder.path, .cifar10))
    }

    @Test func `gzip that is absent, false or endless is a fault`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/x.gz"
        try folder.write("x.gz", gzip([UInt8](repeating: 1, count: 1000)))
        #expect(try Array(Gzip.content(path, limit: 1000)) == [UInt8](repeating: 1, count: 1000))
        let endless = fault { () throws(Fault) in _ = try Gzip.content(path, limit: 999) }
        #expect(endless?.kind == .data && endless?.what.contains("more than 999 bytes") == true)
        let absent = fault { () throws(Fault) in _ = try Gzip.content(path, program: nil) }
        #expect(absent?.kind == .data && absent?.remedy.contains("Install gzip") == true)
        let refused = fault { () throws(Fault) in _ = try Gzip.content(path, program: folder.path + "/no-gzip") }
        #expect(refused?.kind == .inputOutput && refused?.place == path)
        try folder.write("x.gz", [1, 2, 3])
        let misnamed = fault { () throws(Fault) in _ = try Gzip.content(path) }
        #expect(misnamed?.kind == .data && misnamed?.what.contains("[0x01 0x02]") == true)
    }
}

/// A pair of IDX files of which one is wrong, and the words that the fault must hold.
struct BadFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let images: [UInt8]
    let labels: [UInt8]
    let says: String

    init(_ what: String, images: [UInt8] = idxImages(), labels: [UInt8] = idxLabels(), says: String) {
        testDescription = what
        self.images = images
        self.labels = labels
        self.says = says
    }
}
