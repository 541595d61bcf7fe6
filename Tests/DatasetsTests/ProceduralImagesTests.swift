import LinearAlgebra
import Testing

@testable import Datasets

@Suite struct ProceduralImagesTests {
    static func make(_ name: String, _ range: Range<Int>, seed: UInt64 = 1, split: Split = .train) -> ImageSet {
        name == "digits"
            ? ProceduralImages.digits(range, seed: seed, split: split)
            : ProceduralImages.objects(range, seed: seed, split: split)
    }

    /// Oracle: the bytes as they were when the figures in the documentation were measured, by their FNV-1a sum.
    @Test(arguments: [("digits", 17_290_626_078_020_852_567 as UInt64), ("objects", 7_329_956_773_637_504_777)])
    func `the same bytes always`(_ name: String, _ pinned: UInt64) {
        let set = Self.make(name, 0..<100)
        let sum = (set.pixels + set.labels.map(UInt8.init)).reduce(0xcbf2_9ce4_8422_2325 as UInt64) { sum, byte in
            (sum ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        #expect(sum == pinned)
        #expect(set == Self.make(name, 0..<100))
    }

    /// Oracle: the definition, image i is a function of (seed, split, i).
    @Test(arguments: ["digits", "objects"])
    func `an image depends on seed, split and index alone`(_ name: String) {
        let whole = Self.make(name, 0..<40)
        let part = Self.make(name, 13..<29)
        for index in 13..<29 {
            #expect(whole.pixels(of: index).elementsEqual(part.pixels(of: index - 13)))
            #expect(whole.labels[index] == part.labels[index - 13])
        }
        #expect(whole.subset(first: 20) == Self.make(name, 0..<20))
        for other in [Self.make(name, 0..<40, seed: 2), Self.make(name, 0..<40, split: .test)] {
            #expect(other.labels != whole.labels)
            for index in 0..<40 { #expect(!other.pixels(of: index).elementsEqual(whole.pixels(of: index))) }
        }
    }

    /// Oracle: each block of ten holds every class once.
    @Test(arguments: ["digits", "objects"], [Split.train, .test])
    func `classes are balanced and shuffled`(_ name: String, _ split: Split) {
        let labels = (0..<200).map { ProceduralImages.label(of: $0, name, seed: 5, split: split) }
        let blocks = stride(from: 0, to: 200, by: 10).map { first in Array(labels[first..<first + 10]) }
        for block in blocks { #expect(block.sorted() == Array(0..<10)) }
        #expect(Set(blocks).count > 10)
        #expect(Self.make(name, 0..<30, seed: 5, split: split).labels == Array(labels.prefix(30)))
    }

    /// Oracle: the nearest class mean, a linear classifier of closed form.
    ///
    /// Chance is 0.1; of 300 images its standard error is √(0.1 · 0.9 / 300) = 0.017, and 0.03 near 0.5. Digits must be
    /// learnable (above 0.3) but not linearly solved (below 0.9). Objects must give nothing away to a linear rule, as
    /// their colours are drawn without regard to the class: within chance and six standard errors, below 0.2.
    @Test func `means tell digits in part and objects hardly`() {
        let digits = Self.nearestMeanAccuracy("digits") { $0.map(Float.init) }
        #expect(digits > 0.3 && digits < 0.9, "\(digits)")
        let objects = Self.nearestMeanAccuracy("objects") { $0.map(Float.init) }
        #expect(objects < 0.2, "\(objects)")
    }

    /// Oracle: the same rule on how much each pixel differs from the border's colour, which keeps the shape and drops the
    /// colours: well above chance, so that the class is there to be read.
    @Test func `objects are told by their shape`() {
        let accuracy = Self.nearestMeanAccuracy("objects") { image in
            let image = Array(image)
            let side = 32
            var mask = [Float](repeating: 0, count: side * side)
            for plane in 0..<3 {
                let border = (0..<side).map { Float(image[plane * side * side + $0]) }.reduce(0, +) / Float(side)
                for pixel in mask.indices { mask[pixel] += abs(Float(image[plane * side * side + pixel]) - border) }
            }
            let largest = mask.max() ?? 1
            return mask.map { $0 / largest }
        }
        #expect(accuracy > 0.5 && accuracy < 0.95, "\(accuracy)")
    }

    private static func nearestMeanAccuracy(_ name: String, _ features: (ArraySlice<UInt8>) -> [Float]) -> Double {
        let (train, test) = (make(name, 0..<500), make(name, 0..<300, split: .test))
        let means = (0..<10).map { label in
            let indices = train.indices(ofClass: label)
            var sum = features(train.pixels(of: indices[0]))
            for index in indices.dropFirst() {
                let one = features(train.pixels(of: index))
                for k in sum.indices { sum[k] += one[k] }
            }
            return sum.map { $0 / Float(indices.count) }
        }
        let hits = (0..<test.count).filter { index in
            let one = features(test.pixels(of: index))
            let distances = means.map { mean in zip(mean, one).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
            return distances.indices.min { distances[$0] < distances[$1] } == test.labels[index]
        }
        return Double(hits.count) / Double(test.count)
    }
}
