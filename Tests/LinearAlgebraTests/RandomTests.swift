import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct RandomTests {
    private func first(_ count: Int, of source: RandomSource) -> [UInt64] {
        var source = source
        return (0..<count).map { _ in source.next() }
    }

    /// Oracle: the authors' xoshiro256++ and SplitMix64, translated line by line into Python's integers.
    @Test func knownAnswers() throws {
        let published = try #require(RandomSource(state: [1, 2, 3, 4]))
        #expect(
            first(6, of: published) == [
                41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205,
                9_973_669_472_204_895_162,
            ])
        #expect(
            RandomSource(seed: 0).state == [
                0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f, 0xf88b_b8a8_724c_81ec,
            ])
        #expect(
            first(4, of: RandomSource(seed: 0)) == [
                0x5317_5d61_490b_23df, 0x61da_6f3d_c380_d507, 0x5c0f_df91_ec9a_7bfc, 0x02ee_bf8c_3bbe_5e1a,
            ])
        #expect(
            first(4, of: RandomSource(seed: 42, stream: "probe 3")) == [
                0x4a64_4ce1_3522_a843, 0x7991_d9c3_cc2f_61fc, 0xba3e_70f4_ac99_3d6d, 0x1235_c304_328e_64d8,
            ])
        #expect(RandomSource(state: [0, 0, 0, 0]) == nil && RandomSource(state: [1]) == nil)
    }

    @Test func aSavedStateGoesOn() throws {
        var source = RandomSource(seed: 9, stream: "a")
        for _ in 0..<10 { _ = source.normal() }
        let saved = try #require(RandomSource(state: source.state))
        #expect(first(5, of: source) == first(5, of: saved))
        #expect(first(5, of: RandomSource(seed: 9, stream: "a")) != first(5, of: RandomSource(seed: 9, stream: "b")))
    }

    /// Moments within five standard errors: Var x^k = E x^2k − (E x^k)², over n draws.
    @Test func moments() {
        let count = 200_000
        let uniform = Vector<Double>(count: count)
        let normal = Vector<Double>(count: count)
        let signs = Vector<Double>(count: count)
        var source = RandomSource(seed: 3, stream: "moments")
        uniform.fillUniform(bound: 2, using: &source)
        normal.fillNormal(using: &source)
        signs.fillSigns(using: &source)
        let root = Double(count).squareRoot()
        let expect = { (vector: Vector<Double>, power: Double, mean: Double, square: Double) in
            let found = vector.array.reduce(0) { $0 + pow($1, power) } / Double(count)
            #expect(abs(found - mean) <= 5 * (square - mean * mean).squareRoot() / root, "moment \(power)")
        }
        // Uniform on [−2, 2): E x^k = 2^k / (k + 1) for even k.
        for (power, mean, square) in [(1.0, 0.0, 4.0 / 3), (2, 4.0 / 3, 16.0 / 5), (3, 0, 64.0 / 7)] {
            expect(uniform, power, mean, square)
        }
        // Normal: 1, 3, 15, 105 for k = 2, 4, 6, 8.
        for (power, mean, square) in [(1.0, 0.0, 1.0), (2, 1, 3), (3, 0, 15), (4, 3, 105)] {
            expect(normal, power, mean, square)
        }
        expect(signs, 1, 0, 1)
        #expect(signs.array.allSatisfy { abs($0) == 1 })
        #expect(uniform.array.allSatisfy { $0 >= -2 && $0 < 2 })
        // Neighbours do not depend on each other: the mean of products of pairs.
        for vector in [normal, signs] {
            let products = (0..<count - 1).reduce(0) { $0 + vector[$1] * vector[$1 + 1] } / Double(count - 1)
            #expect(abs(products) <= 5 / root)
        }
    }

    /// χ² with 9 degrees of freedom lies below 40 but once in 130 000.
    @Test func indicesAreEven() {
        var source = RandomSource(seed: 4)
        var counts = [Int](repeating: 0, count: 10)
        for _ in 0..<100_000 { counts[source.index(below: 10)] += 1 }
        #expect(counts.reduce(0) { $0 + pow(Double($1) - 10_000, 2) / 10_000 } < 40)
        let order = source.permutation(100)
        #expect(order.sorted() == Array(0..<100) && order != Array(0..<100))
    }

    /// An odd length and one longer than a piece are filled to the end.
    @Test func everyElementIsDrawn() {
        var source = RandomSource(seed: 5)
        for count in [1, 3, 1025, 3001] {
            let vector = Vector<Float>(count: count)
            vector.fillNormal(using: &source)
            #expect(vector.array.allSatisfy { $0 != 0 && $0.isFinite })
        }
    }
}
