import Checkpoints
public import Files
public import LinearAlgebra
public import Networks

/// Directions in parameter space, and products with them, as named tensors in a safetensors file.
///
/// `direction.i/<parameter>` for i = 0, 1, … in; `product.i/<parameter>` for the same i out.
public struct ProductFile<Element: Scalar>: Sendable {
    /// The numbers i, ascending.
    public let numbers: [Int]
    /// One flat vector a number.
    public let directions: [Vector<Element>]
    private let layout: ParameterLayout

    /// - Throws: `Fault` of kind `data` that names the tensor: missing, left over, or of another shape.
    public init(reading path: String, layout: ParameterLayout) throws(Fault) {
        self.layout = layout
        let file = try SafetensorsFile(reading: path)
        numbers = try Self.numbers(in: file, layout)
        guard !numbers.isEmpty else {
            throw Fault(
                .data, "holds no tensor direction.0/<parameter>", at: path,
                remedy: "Name each tensor direction.<number>/<parameter>")
        }
        var directions: [Vector<Element>] = []
        for number in numbers {
            let vector = Vector<Element>(count: layout.count)
            for entry in layout.entries {
                let name = "direction.\(number)/\(entry.name)"
                let shape = try file.entry(named: name).shape
                guard shape == entry.shape else {
                    throw Fault(
                        .data, "has shape \(shape) where the parameter has \(entry.shape)",
                        at: "\(path), tensor '\(name)'", remedy: "Give every direction the parameters' shapes")
                }
                vector[entry.range].assign(Vector<Element>(rounding: try file.doubles(name)))
            }
            directions.append(vector)
        }
        self.directions = directions
    }

    /// Writes the products, one of each direction, in their precision.
    public func write(_ products: [Vector<Element>], to path: String) throws(Fault) {
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        for (number, product) in zip(numbers, products) {
            for entry in layout.entries {
                let name = "product.\(number)/\(entry.name)"
                let part = product[entry.range]
                if let singles = part.array as? [Float] {
                    try writer.add(name, singles, shape: entry.shape)
                } else {
                    try writer.add(name, part.doubles, shape: entry.shape)
                }
            }
        }
        try writer.write(to: path)
    }

    private static func numbers(in file: SafetensorsFile, _ layout: ParameterLayout) throws(Fault) -> [Int] {
        let names = Set(layout.entries.map(\.name))
        var numbers: Set<Int> = []
        for entry in file.entries where entry.name.hasPrefix("direction.") {
            let parts = entry.name.dropFirst("direction.".count).split(separator: "/", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[0]), number >= 0, names.contains(String(parts[1])) else {
                throw Fault(
                    .data, "names no parameter of the network", at: "\(file.name), tensor '\(entry.name)'",
                    remedy: "The parameters are \(layout.entries.map(\.name).joined(separator: ", "))")
            }
            numbers.insert(number)
        }
        return numbers.sorted()
    }
}
