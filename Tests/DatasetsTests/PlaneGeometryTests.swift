import Foundation
import LinearAlgebra
import Testing

@testable import Datasets

@Suite struct PlaneGeometryTests {
    /// Oracle: libm in double. The series' error is below 2e-13, so only the rounding to Float (2⁻²⁵ below 1) remains.
    @Test func `a direction is the cosine and the sine`() {
        for step in -100...100 {
            let angle = Float.pi * Float(step) / 100
            let direction = Point.direction(angle)
            #expect(abs(Double(direction.x) - cos(Double(angle))) < 0x1p-25 + 1e-12)
            #expect(abs(Double(direction.y) - sin(Double(angle))) < 0x1p-25 + 1e-12)
        }
    }

    /// Oracle: known places of each shape, and that a distance cannot change faster than the place does.
    ///
    /// The rounding of two distances of size at most 2, each of some ten operations, is below 10 · 2 · 2⁻²⁴ · 2 = 3e-6.
    @Test func `every shape is a signed distance`() {
        let inside: [Point] = [
            Point(0, 0), Point(0.68, 0), Point(0.7, -0.7), Point(0, 0), Point(0, -0.9), Point(0.8, 0.1), Point(-0.6, 0),
            Point(0.8, 0), Point(0, 0.6), Point(-0.2, -0.6),
        ]
        let outside: [Point] = [
            Point(0.7, 0.7), Point(0, 0), Point(0.8, 0), Point(0.6, -0.4), Point(0, 0.6), Point(0.5, 0.5),
            Point(0.3, 0), Point(-0.6, 0.4), Point(0, 0.3), Point(0.2, 0.2),
        ]
        var random = RandomSource(seed: 3, stream: "shapes")
        for shape in Shape.allCases {
            #expect(shape.distance(inside[shape.rawValue]) < 0, "\(shape)")
            #expect(shape.distance(outside[shape.rawValue]) > 0, "\(shape)")
            for _ in 0..<500 {
                let (a, b) = (random.jitter(1.2), random.jitter(1.2))
                let apart = (a - b).dot(a - b).squareRoot()
                #expect(abs(shape.distance(a) - shape.distance(b)) <= apart + 3e-6, "\(shape) \(a) \(b)")
            }
        }
    }
}
