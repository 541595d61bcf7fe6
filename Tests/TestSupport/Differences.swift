/// Central differences of a function along a line, at steps each half of the one before.
///
/// (f(h) − f(−h))/2h = f′ + c₂h² + c₄h⁴ + …, and rounding of about ε |f|/h.
public struct Differences {
    public let steps: [Double]
    /// The quotient at each step.
    public let quotients: [[Double]]

    public init(
        from step: Double = 1 / 64, count: Int = 7, of function: (Double) throws -> [Double]
    ) rethrows {
        steps = (0..<count).map { step / Double(1 << $0) }
        quotients = try steps.map { step in
            zip(try function(step), try function(-step)).map { ($0 - $1) / (2 * step) }
        }
    }

    /// The limit, and how far it may be off.
    ///
    /// Neville's table removes one power of h² a column; its best entry is the one that differs least from those that
    /// it was made of, and that difference the estimate of its error.
    ///
    /// Source: Ridders 1982, "Accurate computation of F′(x) and F′(x)F″(x)".
    public var limit: (value: [Double], uncertainty: Double) {
        var best = (value: quotients[0], uncertainty: Double.infinity)
        var previous = [quotients[0]]
        for quotient in quotients.dropFirst() {
            var row = [quotient]
            var power = 1.0
            for older in previous {
                power *= 4
                let newest = row[row.count - 1]
                let value = zip(newest, older).map { (power * $0 - $1) / (power - 1) }
                let uncertainty = max(distance(value, newest), distance(value, older))
                if uncertainty < best.uncertainty { best = (value, uncertainty) }
                row.append(value)
            }
            previous = row
        }
        return best
    }

    /// By how much the error against `exact` falls each time the step is halved: 4 while c₂h² rules.
    public func ratios(to exact: [Double]) -> [Double] {
        let errors = errors(to: exact)
        return zip(errors, errors.dropFirst()).map { $0 / $1 }
    }

    /// ‖quotient − exact‖ at each step.
    public func errors(to exact: [Double]) -> [Double] { quotients.map { distance($0, exact) } }
}

/// ‖a − b‖ in the 2-norm.
public func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
}

/// ‖a‖ in the 2-norm.
public func norm(_ a: [Double]) -> Double { a.reduce(0) { $0 + $1 * $1 }.squareRoot() }
