import LinearAlgebra
import Testing

/// Numbers, and the slow and obvious versions that serve as oracles.
enum Comparison {
    static func epsilon<Element: Scalar>(_: Element.Type) -> Double { Double(Element.ulpOfOne) }

    /// Normal numbers, already rounded to the precision.
    static func vector<Element: Scalar>(_ count: Int, _ name: String, _: Element.Type) -> Vector<Element> {
        var source = RandomSource(seed: 1, stream: name)
        let result = Vector<Element>(count: count)
        result.fillNormal(using: &source)
        return result
    }

    /// A matrix whose rows stand `padding` elements further apart than they are long.
    static func matrix<Element: Scalar>(
        _ rows: Int, _ columns: Int, padding: Int = 0, _ name: String, _ type: Element.Type
    ) -> Matrix<Element> {
        vector(rows * (columns + padding), name, type).matrix(rows: rows, columns: columns + padding)
            .columns(0..<columns)
    }

    /// Lengths around the loops' unrolling: none, one, odd, just below and above a multiple of 32, and several pieces.
    static let lengths = [0, 1, 7, 31, 32, 33, 100, 2048, 5001]

    static func dot(_ x: [Double], _ y: [Double]) -> Double {
        var sum = 0.0
        for (a, b) in zip(x, y) { sum += a * b }
        return sum
    }

    static func size(_ x: [Double], _ y: [Double]) -> Double {
        var sum = 0.0
        for (a, b) in zip(x, y) { sum += abs(a * b) }
        return sum
    }

    static func expect<Element: Scalar>(
        _ found: Vector<Element>, _ exact: [Double], within bound: (Int) -> Double,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(found.count == exact.count, sourceLocation: location)
        let numbers = found.doubles
        for index in exact.indices where !(abs(numbers[index] - exact[index]) <= bound(index)) {
            Issue.record("[\(index)] \(numbers[index]), not \(exact[index])", sourceLocation: location)
            return
        }
    }
}
