import Files
import LinearAlgebra
import Networks

/// A random walk through parameter space whose steps have given lengths and no direction of their own.
///
/// Step t goes from θ to θ + r z/‖z‖, z ~ N(0, I) of the stream (seed, twin, t): length r, direction uniform on the sphere.
/// The place is kept as the sum of two floats, `parameters` + `rest`: an update may be far below the spacing of floats
/// at most parameters, and rounding each step to it would lengthen the walk or stop it.
struct BrownianTwin {
    /// The place, rounded to floats.
    let parameters: Parameters<Float>
    /// What rounding left.
    let rest: Vector<Float>
    private let source: CounterSource

    /// Numbers of one task: a piece of the place and its noise stay in the cache.
    private static let pieceSize = 1 << 14

    /// - Parameter number: from 1; what tells a run's twins apart.
    init(_ number: Int, startingAt parameters: Parameters<Float>, seed: UInt64) {
        self.parameters = parameters.copy()
        rest = Vector(count: parameters.vector.count)
        source = CounterSource(seed: seed, stream: "Brownian twin \(number)")
    }

    /// Takes up the place `other`, exactly.
    func assign(_ other: Parameters<Float>) {
        parameters.assign(other)
        rest.fill(0)
    }

    /// One step of length `length`, the `number`th; `scratch` has as many numbers as the place.
    func step(_ number: Int, length: Double, scratch: Vector<Float>, workers: Workers) {
        guard length > 0 else { return }
        let place = parameters.vector
        let pieces = Self.pieces(of: place.count)
        let squares = workers.map(pieces.count) { [source] piece in
            scratch[pieces[piece]].fillNormal(
                from: source, sequence: UInt64(number), first: pieces[piece].lowerBound)
        }
        let factor = length / squares.reduce(0, +).squareRoot()
        workers.forEach(pieces.count) { [rest] piece in
            place[pieces[piece]].walk(factor, scratch[pieces[piece]], rest: rest[pieces[piece]])
        }
    }

    /// ‖a − b‖, in double precision; the order of the sum is the pieces'.
    static func distance(_ a: Vector<Float>, _ b: Vector<Float>, workers: Workers) -> Double {
        let pieces = pieces(of: a.count)
        return workers.map(pieces.count) { a[pieces[$0]].squaredDistance(to: b[pieces[$0]]) }.reduce(0, +).squareRoot()
    }

    private static func pieces(of count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: pieceSize).map { $0..<min(count, $0 + pieceSize) }
    }
}
