import CElementwise

/// Normalisation x̂ = (x − μ)/√(σ² + ε), y = γ x̂ + β of rows that each have statistics of their own, with its derivatives.
///
/// With ρ = 1/√(σ² + ε), ⟨·⟩ the mean over a row, and g = γ δy:
///
///     δx = ρ (g − ⟨g⟩ − ⟨g x̂⟩ x̂)
///     x̂̇ = ρ (ẋ − ⟨ẋ⟩ − ⟨ẋ x̂⟩ x̂)
///     δ̇x = ρ (ġ − ⟨ġ⟩ − ⟨ġ x̂ + g x̂̇⟩ x̂ − ⟨g x̂⟩ x̂̇ − ⟨ẋ x̂⟩ δx),   ġ = γ δ̇y + γ̇ δy
///
/// Statistics and sums are in double precision, and x̂ is made again from x wherever it is needed.
///
/// All matrices are `[rows, columns]` with rows that touch, but for `statistics`, `[rows, 5]`: μ in two parts, ρ, ⟨g⟩,
/// ⟨g x̂⟩ and `tangentStatistics`, `[rows, 2]`: ⟨ẋ⟩, ⟨ẋ x̂⟩.
public struct RowNormalisation<Element: Scalar>: Sendable {
    public static var statisticsCount: Int { 5 }
    public static var tangentStatisticsCount: Int { 2 }

    private let x: Matrix<Element>
    private let statistics: Matrix<Element>
    private let gamma: Vector<Element>

    public init(_ x: Matrix<Element>, statistics: Matrix<Element>, gamma: Vector<Element>) {
        precondition(
            gamma.count == x.columns && statistics.rows == x.rows && statistics.columns == Self.statisticsCount,
            "rows of \(x.columns) normalised with \(gamma.count) scales and \(statistics.rows) statistics")
        self.x = x
        self.statistics = statistics
        self.gamma = gamma
    }

    /// y, and μ and ρ.
    public func forward(beta: Vector<Element>, epsilon: Double, into y: Matrix<Element>) {
        check(y)
        check(beta)
        defer { keepAlive(self, beta, y) }
        var call = call(epsilon: epsilon)
        call.beta = UnsafePointer(beta.start)
        call.output = y.elements.start
        Element.normaliseRows(.forward, call)
    }

    /// δx, and ⟨g⟩ and ⟨g x̂⟩.
    public func backward(_ dy: Matrix<Element>, into dx: Matrix<Element>) {
        check(dy)
        check(dx)
        defer { keepAlive(self, dy, dx) }
        var call = call()
        call.cotangent = UnsafePointer(dy.elements.start)
        call.output = dx.elements.start
        Element.normaliseRows(.backward, call)
    }

    /// ẏ = γ x̂̇ + γ̇ x̂ + β̇, and the tangents' statistics.
    ///
    /// - Parameter tangent: ẋ with memory for its statistics; nil where x is constant.
    public func forwardTangent(
        _ tangent: Tangent?, gamma gammaTangent: Vector<Element>, beta: Vector<Element>, into result: Matrix<Element>
    ) {

        check(result)
        check(gammaTangent)
        check(beta)
        defer { keepAlive(self, tangent, gammaTangent, beta, result) }
        var call = call()
        set(&call, tangent)
        call.gammaTangent = UnsafePointer(gammaTangent.start)
        call.betaTangent = UnsafePointer(beta.start)
        call.output = result.elements.start
        Element.normaliseRows(.forwardTangent, call)
    }

    /// δ̇x.
    ///
    /// - Parameter second: what the terms of second order are made of: δy, ẋ, γ̇; nil to leave them out.
    public func backwardTangent(
        _ tangent: Matrix<Element>, second: (dy: Matrix<Element>, tangent: Tangent, gamma: Vector<Element>)?,
        into result: Matrix<Element>
    ) {
        check(tangent)
        check(result)
        defer { keepAlive(self, tangent, second?.dy, second?.tangent, second?.gamma, result) }
        var call = call()
        call.cotangentTangent = UnsafePointer(tangent.elements.start)
        if let second {
            check(second.dy)
            check(second.gamma)
            set(&call, second.tangent)
            call.cotangent = UnsafePointer(second.dy.elements.start)
            call.gammaTangent = UnsafePointer(second.gamma.start)
        }
        call.output = result.elements.start
        Element.normaliseRows(.backwardTangent, call)
    }

    /// (∂γ, ∂β)[columns] = scaling · (∂γ, ∂β)[columns] + Σ over rows of (δy x̂, δy).
    public func addGradient(
        _ dy: Matrix<Element>, columns: Range<Int>, gamma: Vector<Element>, beta: Vector<Element>, scaling: Element
    ) {
        addGradientTangent(dy, second: nil, columns: columns, into: (gamma, beta), scaling: scaling)
    }

    /// (∂γ̇, ∂β̇)[columns] = scaling · (∂γ̇, ∂β̇)[columns] + Σ over rows of (δ̇y x̂ + δy x̂̇, δ̇y).
    ///
    /// - Parameter second: δy and ẋ; nil to leave δy x̂̇ out.
    public func addGradientTangent(
        _ tangent: Matrix<Element>, second: (dy: Matrix<Element>, tangent: Tangent)?, columns: Range<Int>,
        into gradient: (gamma: Vector<Element>, beta: Vector<Element>), scaling: Element
    ) {
        check(tangent)
        precondition(
            columns.lowerBound >= 0 && columns.upperBound <= x.columns && gradient.gamma.count == columns.count
                && gradient.beta.count == columns.count, "the gradients of columns \(columns) of \(x.columns)")
        defer { keepAlive(self, tangent, second?.dy, second?.tangent, gradient.gamma, gradient.beta) }
        var call = call()
        call.size.columns = columns.count
        call.x = call.x.map { $0 + columns.lowerBound }
        call.cotangentTangent = UnsafePointer(tangent.elements.start) + columns.lowerBound
        if let second {
            check(second.dy)
            set(&call, second.tangent)
            call.tangent = call.tangent.map { $0 + columns.lowerBound }
            call.cotangent = UnsafePointer(second.dy.elements.start) + columns.lowerBound
        }
        call.output = gradient.beta.start
        call.tangentSums = gradient.gamma.start
        Element.addRowGradient(call, scaling: scaling)
    }

    /// ẋ of one direction.
    public struct Tangent: Sendable {
        let values: Matrix<Element>
        let statistics: Matrix<Element>

        public init(_ values: Matrix<Element>, statistics: Matrix<Element>) {
            precondition(
                statistics.rows == values.rows && statistics.columns == tangentStatisticsCount,
                "tangents of \(values.rows) rows with \(statistics.rows) statistics")
            self.values = values
            self.statistics = statistics
        }
    }

    private func call(epsilon: Double = 0) -> NormalisationCall<Element> {
        var call = NormalisationCall<Element>(
            size: .init(
                rows: x.rows, columns: x.columns, stride: x.columns, group: x.columns, statistics_stride: 1,
                sums_stride: 0, epsilon: epsilon, momentum: 0, is_constant: 0))
        call.x = UnsafePointer(x.elements.start)
        call.gamma = UnsafePointer(gamma.start)
        call.statistics = statistics.elements.start
        return call
    }

    private func set(_ call: inout NormalisationCall<Element>, _ tangent: Tangent?) {
        guard let tangent else { return }
        check(tangent.values)
        call.tangent = UnsafePointer(tangent.values.elements.start)
        call.tangentStatistics = tangent.statistics.elements.start
    }

    private func check(_ matrix: Matrix<Element>) {
        precondition(
            matrix.rows == x.rows && matrix.columns == x.columns,
            "\(x.rows)×\(x.columns) numbers are normalised with a matrix of \(matrix.rows)×\(matrix.columns)")
    }

    private func check(_ vector: Vector<Element>) {
        precondition(vector.count == x.columns, "\(x.columns) columns are normalised with \(vector.count) numbers")
    }
}
