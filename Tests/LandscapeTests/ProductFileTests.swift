import Checkpoints
import Files
import Foundation
import Landscape
import LinearAlgebra
import Networks
import TestSupport
import Testing

/// Directions in, products out.
@Suite struct ProductFileTests {
    /// Oracle: the reference case, whose file is one of directions among other tensors, and its products.
    @Test func theReferencesDirectionsGiveItsProducts() throws {
        try check(Double.self)
        try check(Float.self)
    }

    private func check<Element: Scalar>(_: Element.Type) throws {
        let reference = try ReferenceCase("mlp_relu_mse")
        let folder = try TemporaryFolder()
        let linearised: LinearisedNetwork<Element> = try reference.linearised(directions: 2)
        let layout = linearised.network.layout
        let file = try ProductFile<Element>(
            reading: Fixtures.path("mlp_relu_mse.expected.safetensors"), layout: layout)
        #expect(file.numbers == [0, 1, 2])
        let products = file.directions.map { Vector<Element>(count: $0.count) }
        try CurvatureOperator(.hessian, of: linearised).apply(to: file.directions, into: products)
        try file.write(products, to: folder.file("out"))
        let written = try SafetensorsFile(reading: folder.file("out"))
        #expect(written.entries.count == 3 * layout.entries.count)
        for number in 0..<3 {
            let found = try layout.entries.flatMap { try written.doubles("product.\(number)/\($0.name)") }
            let exact: Vector<Double> = try reference.vector("hvp.\(number)", layout)
            #expect(relativeError(found, exact.array) < Element.referenceTolerance)
        }
        for entry in layout.entries {
            let tensor = try written.entry(named: "product.1/\(entry.name)")
            #expect(tensor.shape == entry.shape && tensor.dtype == (Element.self == Double.self ? .f64 : .f32))
        }
    }

    @Test(
        arguments: [
            (["direction.0/w.weight"], [2, 3], "[2, 3]"),
            (["direction.0/w.bias"], [2], "no parameter"),
            (["direction.0/w.weight", "direction.1/v.weight"], [2, 2], "direction.1/v.weight"),
            (["direction.x/w.weight"], [2, 2], "direction.x/w.weight"),
            (["direction.-1/w.weight"], [2, 2], "direction.-1/w.weight"),
            (["direction.0"], [2, 2], "'direction.0'"),
            (["directions"], [2, 2], "holds no tensor direction.0/"),
            ([], [], "holds no tensor direction.0/"),
        ] as [([String], [Int], String)]) func whatIsNoDirectionIsNamed(
            _ names: [String], _ shape: [Int], _ words: String
        ) throws
    {
        let bench = try Bench()
        let path = try bench.data("v.safetensors") { writer in
            let count = shape.reduce(1, *)
            for name in names { try writer.add(name, [Float](repeating: 1, count: count), shape: shape) }
        }
        let layout = try Network<Float>(Bench.linear).layout
        let fault = #expect(throws: Fault.self) { try ProductFile<Float>(reading: path, layout: layout) }
        #expect(fault?.kind == .data && fault?.description.contains(words) == true, "\(fault?.description ?? "")")
        #expect(fault?.description.contains("v.safetensors") == true)
    }

    /// Numbers need not be consecutive: what is written carries those that were read, in their order.
    @Test func numbersAreKept() throws {
        let bench = try Bench()
        let path = try bench.data("v.safetensors") { writer in
            for number in [10, 2] {
                try writer.add(
                    "direction.\(number)/w.weight", [Float](repeating: Float(number), count: 4), shape: [2, 2])
            }
        }
        let file = try ProductFile<Double>(reading: path, layout: Network<Double>(Bench.linear).layout)
        #expect(file.numbers == [2, 10] && file.directions.map { $0[0] } == [2, 10])
        try file.write(file.directions, to: bench.folder.file("o"))
        let out = try SafetensorsFile(reading: bench.folder.file("o"))
        #expect(Set(out.entries.map(\.name)) == ["product.2/w.weight", "product.10/w.weight"])
    }
}
