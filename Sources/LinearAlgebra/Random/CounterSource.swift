import CElementwise

/// Random numbers by their place: number i of sequence s is a function of the key, s and i alone.
///
/// So many numbers can be drawn by several workers, in any order, with the same bytes; and a stream needs no state that
/// would have to be saved. `RandomSource` is for all that is drawn one after another.
///
/// Source: Philox 4×32 with 10 rounds; Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC
/// 2011.
public struct CounterSource: Sendable, Equatable {
    /// What tells one stream from another.
    public let key: UInt64

    /// The stream `stream` of `seed`.
    public init(seed: UInt64, stream: String) {
        var source = RandomSource(seed: seed, stream: stream)
        key = source.next()
    }

    public init(key: UInt64) { self.key = key }

    /// Pieces of a sequence begin at multiples of it.
    public static var blockSize: Int { random_block }

    /// The four words at `counter`, which is four words itself.
    public func words(at counter: [UInt32]) -> [UInt32] {
        precondition(counter.count == 4, "a counter of \(counter.count) words")
        let key = [UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)]
        var words = [UInt32](repeating: 0, count: 4)
        random_philox(&words, counter, key)
        return words
    }
}

extension Vector where Element == Float {
    /// Standard normal numbers: those of `sequence` from number `first` on; the result is the sum of their squares, in
    /// double precision.
    ///
    /// The numbers have 32 random bits each, so none is beyond 6.7.
    ///
    /// - Parameter first: a multiple of `CounterSource.blockSize`.
    @discardableResult
    public func fillNormal(from source: CounterSource, sequence: UInt64, first: Int = 0) -> Double {
        precondition(
            first >= 0 && first % CounterSource.blockSize == 0, "numbers from \(first) on begin within a block")
        defer { keepAlive(self) }
        return random_normal_f32(start, source.key, sequence, UInt64(first), count)
    }

    /// One step of a walk whose place is self + `rest`: the place moves by factor · x and is rounded twice, to the float
    /// next to it (self) and to the float next to what is left (`rest`), so that steps far below the spacing of floats
    /// add up.
    public func walk(_ factor: Double, _ x: Vector, rest: Vector) {
        precondition(
            x.count == count && rest.count == count, "a walk of \(count), \(rest.count) and \(x.count) numbers")
        defer { keepAlive(self, x, rest) }
        random_walk_f32(start, rest.start, factor, x.start, count)
    }

    /// ‖self − x‖², in double precision.
    public func squaredDistance(to x: Vector) -> Double {
        precondition(x.count == count, "the distance of \(count) numbers from \(x.count)")
        defer { keepAlive(self, x) }
        return random_squared_distance_f32(start, x.start, count)
    }
}
