import LinearAlgebra

/// An orthogonal matrix that mixes all coordinates in n log n operations: Q = H S₂ H S₁ / n, with Walsh and Hadamard's H
/// and random signs S. One round would give every QᵀDQ a constant diagonal; two do not.
struct HadamardMixing: Sendable {
    private let first: [Double]
    private let second: [Double]

    /// - Parameter order: a power of two.
    init(order: Int, seed: UInt64) {
        precondition(order > 0 && order & (order - 1) == 0, "\(order) is no power of two")
        var source = RandomSource(seed: seed, stream: "known spectrum")
        func signs() -> [Double] { (0..<order).map { _ in source.next() >> 63 == 0 ? 1 : -1 } }
        first = signs()
        second = signs()
    }

    /// x ← Q x
    func forward(_ x: inout [Double]) {
        scale(&x, first)
        transform(&x)
        scale(&x, second)
        transform(&x)
    }

    /// x ← Qᵀ x
    func backward(_ x: inout [Double]) {
        transform(&x)
        scale(&x, second)
        transform(&x)
        scale(&x, first)
    }

    private func scale(_ x: inout [Double], _ signs: [Double]) {
        for index in x.indices { x[index] *= signs[index] }
    }

    /// x ← H x / √n, by n log n additions.
    private func transform(_ x: inout [Double]) {
        var half = 1
        while half < x.count {
            for block in stride(from: 0, to: x.count, by: 2 * half) {
                for index in block..<block + half {
                    let sum = x[index] + x[index + half]
                    x[index + half] = x[index] - x[index + half]
                    x[index] = sum
                }
            }
            half *= 2
        }
        let factor = 1 / Double(x.count).squareRoot()
        for index in x.indices { x[index] *= factor }
    }
}
