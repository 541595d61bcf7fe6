import LinearAlgebra
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct CounterSourceTests {
    /// Oracle: the known answers that the authors publish with Random123 (philox4x32, 10 rounds).
    @Test func knownAnswers() {
        #expect(
            CounterSource(key: 0).words(at: [0, 0, 0, 0]) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        #expect(
            CounterSource(key: .max).words(at: [.max, .max, .max, .max])
                == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            CounterSource(key: 0x299f_31d0_a409_3822).words(at: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344])
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    /// Oracle: Box and Muller's formula in double, on the same words. In units of 2⁻²⁴ of the radius: the root of the
    /// logarithm is right to 2, the turn's rounding and polynomial to 4, their product to ½.
    @Test func pairsAreBoxAndMullers() {
        let source = CounterSource(seed: 5, stream: "pairs")
        let sequence: UInt64 = 0x7_0000_0003
        let found = Vector<Float>(count: 4096)
        found.fillNormal(from: source, sequence: sequence, first: 128)
        expectPairs(found, source, sequence: sequence, firstBlock: 2)
    }

    private func expectPairs(_ found: Vector<Float>, _ source: CounterSource, sequence: UInt64, firstBlock: Int) {
        let low = UInt32(truncatingIfNeeded: sequence)
        let high = UInt32(truncatingIfNeeded: sequence >> 32)
        for index in 0..<found.count / 4 {
            let (block, lane) = (index / 16, index % 16)
            let words = source.words(at: [UInt32((firstBlock + block) * 16 + lane), 0, low, high])
            for pair in 0..<2 {
                let uniform = Double((Float(words[2 * pair]) + 0.5) * 0x1p-32)
                let radius = (-2 * log(uniform)).squareRoot()
                let angle = Double(words[2 * pair + 1]) * 0x1p-31 * Double.pi
                let place = block * 64 + 2 * pair * 16 + lane
                let bound = 8 * 0x1p-24 * radius
                #expect(abs(Double(found[place]) - radius * cos(angle)) <= bound, "number \(place)")
                #expect(abs(Double(found[place + 16]) - radius * sin(angle)) <= bound, "number \(place + 16)")
            }
        }
    }

    /// Cut anywhere between blocks, and however long, the numbers are the same; so is nothing else.
    @Test(arguments: [0, 1, 63, 64, 65, 1000])
    func numbersAreThoseOfTheirPlace(_ count: Int) {
        let source = CounterSource(seed: 1, stream: "a")
        let whole = Vector<Float>(count: 64 * 20)
        whole.fillNormal(from: source, sequence: 1)
        for first in [0, 64, 192] {
            let part = Vector<Float>(count: count)
            let squares = part.fillNormal(from: source, sequence: 1, first: first)
            #expect(part.array == whole[first..<first + count].array)
            #expect(abs(squares - part.dot(part)) <= 1e-14 * squares)
        }
        let others = [CounterSource(seed: 2, stream: "a"), CounterSource(seed: 1, stream: "b"), source]
        for (index, other) in others.enumerated() where count > 0 {
            let part = Vector<Float>(count: count)
            part.fillNormal(from: other, sequence: index == 2 ? 2 : 1)
            #expect(zip(part.array, whole.array).allSatisfy { $0 != $1 })
        }
    }

    /// Oracle: the moments of the normal distribution, within five standard errors, Var xᵏ = E x²ᵏ − (E xᵏ)²; and no
    /// correlation between neighbours, between the halves of a pair, or between sequences.
    @Test func moments() {
        let count = 1 << 20
        let source = CounterSource(seed: 3, stream: "moments")
        let (x, y) = (Vector<Float>(count: count), Vector<Float>(count: count))
        x.fillNormal(from: source, sequence: 0)
        y.fillNormal(from: source, sequence: 1)
        let numbers = x.doubles
        let moments: [(power: Int, mean: Double, square: Double)] = [(1, 0, 1), (2, 1, 3), (3, 0, 15), (4, 3, 105)]
        for (power, mean, square) in moments {
            let found = numbers.reduce(0) { $0 + pow($1, Double(power)) } / Double(count)
            let error = ((square - mean * mean) / Double(count)).squareRoot()
            #expect(abs(found - mean) <= 5 * error, "moment \(power)")
        }
        for lag in [1, 16, 32, 64] {
            let product = x[0..<count - lag].dot(x[lag..<count]) / Double(count - lag)
            #expect(abs(product) <= 5 / Double(count - lag).squareRoot(), "lag \(lag)")
        }
        #expect(abs(x.dot(y)) <= 5 * Double(count).squareRoot())
    }

    /// Oracle: exact sums. 2²⁰ steps of 2⁻³⁰ from 1 end at 1 + 2⁻¹⁰; floats alone would not have moved.
    @Test func smallStepsAddUp() {
        let place = Vector<Float>([1, -1, 0])
        let rest = Vector<Float>(count: 3)
        let ones = Vector<Float>([1, 1, 1])
        for _ in 0..<1 << 20 { place.walk(0x1p-30, ones, rest: rest) }
        #expect(place.array == [1 + 0x1p-10, -1 + 0x1p-10, 0x1p-10] && rest.array == [0, 0, 0])
        #expect((1 as Float) + 0x1p-30 == 1)
    }

    /// Oracle: the sum in double, one number after another.
    @Test(arguments: Comparison.lengths)
    func squaredDistance(_ count: Int) {
        let x = Comparison.vector(count, "x", Float.self)
        let y = Comparison.vector(count, "y", Float.self)
        let differences = zip(x.doubles, y.doubles).map { $0 - $1 }
        let exact = Comparison.dot(differences, differences)
        #expect(abs(x.squaredDistance(to: y) - exact) <= Double(count) * 0x1p-53 * exact)
    }
}
