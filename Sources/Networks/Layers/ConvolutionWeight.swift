import Files
import LinearAlgebra

/// A convolution's weight as its loops want it: W̃ packed for the way ahead and for the way back, and likewise the
/// tangent of W̃.
struct ConvolutionWeight<Element: Scalar>: Sendable {
    let aheadPlan: WindowPlan
    let backPlan: WindowPlan
    /// Output units that make a task each of the gradient.
    let pieces: [Range<Int>]
    private let weight: Weight<Element>
    private let inputs: Int
    /// In `Point.derived` and `Direction.derived`.
    private let aheadRange: Range<Int>
    private let backRange: Range<Int>

    init(
        _ name: String, _ size: (outputs: Int, inputs: Int, bound: Double), _ shape: WindowShape,
        image: (height: Int, width: Int), hasSpectralNorm: Bool, parameters: inout ParameterLayout
    ) throws(Fault) {
        inputs = size.inputs
        weight = try Weight(
            name, shape: [size.outputs, size.inputs, shape.kernel, shape.kernel], bound: size.bound,
            hasSpectralNorm: hasSpectralNorm, parameters: &parameters)
        aheadPlan = .ahead(shape, image: image, channels: size.inputs, columns: size.outputs)
        backPlan = .back(shape, image: image, channels: size.outputs, columns: size.inputs)
        aheadRange = Self.claim(aheadPlan, &parameters)
        backRange = Self.claim(backPlan, &parameters)
        // 32 units fill two of the widest registers, at which the loops still keep their speed; so even a layer of 64
        // makes two tasks.
        pieces = weight.pieces(
            stride(from: 0, to: size.outputs, by: 32).map { $0..<min(size.outputs, $0 + 32) })
    }

    var hasSpectralNorm: Bool { weight.hasSpectralNorm }

    func prepare(_ point: Point<Element>) {
        weight.prepare(point)
        pack(weight.value(point), ahead: ahead(point), back: back(point))
    }

    func prepareTangent(_ point: Point<Element>, along directions: Directions<Element>) {
        weight.prepareTangent(point, along: directions)
        for index in 0..<directions.count {
            pack(weight.tangent(directions[index]), ahead: ahead(directions[index]), back: back(directions[index]))
        }
    }

    /// W̃ᵀ, packed: `[k² in, out]`.
    func ahead(_ point: Point<Element>) -> Vector<Element> { point.derived[aheadRange] }

    func ahead(_ direction: Direction<Element>) -> Vector<Element> { direction.derived[aheadRange] }

    /// The blocks `[out, in]` of W̃, the kernel's last place first, packed: `[k² out, in]`.
    func back(_ point: Point<Element>) -> Vector<Element> { point.derived[backRange] }

    func back(_ direction: Direction<Element>) -> Vector<Element> { direction.derived[backRange] }

    func parameterRange(_ units: Range<Int>) -> Range<Int> { weight.parameterRange(units) }

    /// Where ∂ℓ/∂W̃ᵀ of some units is added up, `[k² in, units.count]`, scaled as the target says.
    func sum(_ units: Range<Int>, in target: GradientTarget<Element>) -> Matrix<Element> {
        let sum = target[weight.parameterRange(units)]
        if target.scaling == 0 { sum.fill(0) } else if target.scaling != 1 { sum.scale(by: target.scaling) }
        return sum.matrix(rows: weight.columns, columns: units.count)
    }

    func finishGradient(_ units: Range<Int>, _ point: Point<Element>, in target: GradientTarget<Element>) {
        transpose(units, point, in: target)
        weight.finishGradient(units, point, in: target)
    }

    func finishGradientTangent(
        _ units: Range<Int>, _ point: Point<Element>, along direction: Direction<Element>,
        in target: GradientTarget<Element>
    ) {
        transpose(units, point, in: target)
        weight.finishGradientTangent(units, point, along: direction, in: target)
    }

    private func transpose(_ units: Range<Int>, _ point: Point<Element>, in target: GradientTarget<Element>) {
        let sum = target[weight.parameterRange(units)]
        point.scratch.withMatrix(rows: weight.columns, columns: units.count) { copy in
            copy.elements.assign(sum)
            sum.matrix(rows: units.count, columns: weight.columns).assign(transposed: copy)
        }
    }

    private func pack(_ matrix: Matrix<Element>, ahead: Vector<Element>, back: Vector<Element>) {
        ahead.assign(packedTranspose: matrix)
        let places = matrix.columns / inputs
        for place in 0..<places {
            back.assign(
                packed: matrix.columns(place * inputs..<(place + 1) * inputs), at: (places - 1 - place) * matrix.rows,
                of: backPlan.rows)
        }
    }

    private static func claim(_ plan: WindowPlan, _ parameters: inout ParameterLayout) -> Range<Int> {
        let count = WindowPlan.packedCount(Element.self, rows: plan.rows, columns: plan.columns)
        // From a line of the cache on: a register's load that crosses two takes twice the time.
        let line = 64 / MemoryLayout<Element>.stride
        let range = parameters.addDerived(count: count + line)
        let start = (range.lowerBound + line - 1) / line * line
        return start..<start + count
    }
}

/// Examples that go through a convolution together.
struct ConvolutionGroups<Element: Scalar>: Sendable {
    private let length: Int

    /// As many as keep images on both sides, and their tangents, within 768 kB: a second-level cache.
    ///
    /// - Parameter width: numbers of one example on both sides.
    init(width: Int) {
        length = max(1, (768 << 10) / (2 * width * MemoryLayout<Element>.stride))
    }

    /// Sums of one example's numbers do not depend on which others are in its group, so groups can be shared.
    func forEach(_ examples: Int, _ workers: Workers, _ body: @Sendable (Range<Int>) -> Void) {
        workers.forEach((examples + length - 1) / length) { group in
            body(group * length..<min(examples, (group + 1) * length))
        }
    }
}
