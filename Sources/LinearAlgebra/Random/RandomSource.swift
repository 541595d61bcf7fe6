#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A seeded stream of random numbers whose whole state can be saved: xoshiro256++.
///
/// No generator here is global: whatever draws at random is handed one. Streams for different purposes are made from
/// one seed and a name (`RandomSource(seed: 1, stream: "probes")`), so that drawing more in one place changes nothing
/// in another.
///
/// Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021); seeded by
/// SplitMix64, as its authors advise.
public struct RandomSource: RandomNumberGenerator, Sendable, Equatable, Codable {
    /// The 256 bits of state, in the published order.
    public private(set) var state: [UInt64]

    /// The generator at the beginning of the stream `stream` of `seed`.
    public init(seed: UInt64, stream: String = "") {
        // FNV-1a over the stream's name: equal names give equal streams on every machine (Swift's `Hasher` does not).
        var name: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in stream.utf8 { name = (name ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var mixer = SplitMix64(state: seed ^ (stream.isEmpty ? 0 : name))
        state = [mixer.next(), mixer.next(), mixer.next(), mixer.next()]
    }

    /// The generator whose saved state is `state` (four words, not all zero).
    public init?(state: [UInt64]) {
        guard state.count == 4, state.contains(where: { $0 != 0 }) else { return nil }
        self.state = state
    }

    public mutating func next() -> UInt64 {
        let result = Self.rotated(state[0] &+ state[3], 23) &+ state[0]
        let shifted = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= shifted
        state[3] = Self.rotated(state[3], 45)
        return result
    }

    /// Uniform on [0, 1), with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform on the integers `0..<bound`, without bias (Lemire 2019).
    public mutating func index(below bound: Int) -> Int {
        precondition(bound > 0, "a bound of \(bound) leaves nothing to draw")
        return Int(next(upperBound: UInt64(bound)))
    }

    /// Two independent standard normal numbers (Box and Muller 1958).
    public mutating func normalPair() -> (Double, Double) {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        return (radius * cos(angle), radius * sin(angle))
    }

    /// One standard normal number; the pair's other half is dropped, so that the state alone decides what comes next.
    public mutating func normal() -> Double { normalPair().0 }

    /// A random order of `0..<count` (Fisher and Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, index(below: last + 1)) }
        return order
    }

    private static func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
}

private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
