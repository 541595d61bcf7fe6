import Files
import LinearAlgebra
import Testing

@testable import Datasets

/// Oracle: a set of three images whose bytes are written out here.
@Suite struct ImageSetTests {
    let set = ImageSet(
        name: "three", shape: [1, 1, 2], pixels: [0, 255, 51, 102, 1, 254], labels: [7, 2, 7])

    @Test func `floats are byte over 255, in the order asked for`() {
        #expect(set.floats(of: [1, 0, 1]) == [0.2, 0.4, 0, 1, 0.2, 0.4])
        let all: [Float] = [0, 1, 0.2, 0.4, 1.0 / 255, 254.0 / 255]
        #expect(set.floats() == all)
        #expect(set.floats(of: []).isEmpty)
    }

    @Test func `members count and choose`() {
        #expect(set.count == 3 && set.imageSize == 2 && set.classCount == 10)
        #expect(set.indices(ofClass: 7) == [0, 2])
        #expect(set.indices(ofClass: 1).isEmpty)
        #expect(Array(set.pixels(of: 2)) == [1, 254])
        let first = set.subset(first: 2)
        #expect(first.pixels == [0, 255, 51, 102] && first.labels == [7, 2] && first.name == "three")
        #expect(set.subset(first: 9) == set)
    }

    @Test func `an image is written as its bytes over 255, once rounded`() {
        let pixels = (0..<512).map { UInt8(truncatingIfNeeded: $0 * 5) }
        let set = ImageSet(name: "bytes", shape: [1, 16, 16], pixels: pixels, labels: [3, 4])
        let numbers = Vector<Float>(count: 256)
        set.write(1, into: numbers)
        #expect(numbers.array == pixels[256...].map { Float($0) / 255 })
        #expect(
            set.floats(of: [1, 0, 1]) == [256..<512, 0..<256, 256..<512].flatMap { pixels[$0].map { Float($0) / 255 } })
    }

    @Test func `a name gives its set, and what cannot be given is a usage fault`() throws {
        let digits = try ImageSet.named("digits", split: .train, count: 12, seed: 4)
        #expect(digits == ProceduralImages.digits(count: 12, seed: 4, split: .train))
        let objects = try ImageSet.named("objects", split: .test, count: 12, seed: 4)
        #expect(objects == ProceduralImages.objects(count: 12, seed: 4, split: .test))

        let folder = try TemporaryFolder()
        try folder.writeMNIST()
        let mnist = try ImageSet.named("mnist", split: .train, count: 3, seed: 0, dataDirectory: folder.path)
        #expect(mnist.count == 3 && mnist.shape == [1, 3, 2])

        for (name, count, directory, words) in [
            ("letters", 1, nil, "Choose one of digits, objects, mnist, cifar10"), ("digits", 0, nil, "0 images"),
            ("cifar10", 1, nil, "--data-dir"), ("mnist", 5, folder.path, "files hold 4"),
        ] as [(String, Int, String?, String)] {
            let fault = fault { () throws(Fault) in
                _ = try ImageSet.named(name, split: .train, count: count, seed: 0, dataDirectory: directory)
            }
            #expect(fault?.kind == .usage && fault?.description.contains(words) == true, "\(name): \(fault as Any)")
        }
    }
}
