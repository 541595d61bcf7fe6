/// Samples vᵢᵀBvᵢ of a symmetric form over probes on a sphere of radius √D, and vᵢᵀBvⱼ for pairs of probes.
struct FormSamples {
    private(set) var samples: [Double] = []
    /// vᵢᵀBvⱼ and vᵢᵀvⱼ.
    private var pairs: [(form: Double, inner: Double)] = []

    /// - Parameters:
    ///   - form: `[i][j]` = vᵢᵀBvⱼ of a block of probes, up to its antisymmetric part.
    ///   - inner: vᵢᵀvⱼ.
    mutating func add(form: [[Double]], inner: [[Double]]) {
        for i in form.indices {
            samples.append(form[i][i])
            for j in 0..<i { pairs.append((0.5 * (form[i][j] + form[j][i]), inner[i][j])) }
        }
    }

    private var mean: Double { samples.reduce(0, +) / Double(samples.count) }

    /// The mean, with the variance 2D/(D + 2) ‖B − (tr B/D) I‖²_F from the pairs, or the samples' own where that is
    /// larger.
    ///
    /// - Parameter offset: what is added to the value: a part that is known.
    func estimate(dimension: Int, offset: Double = 0, rounding: Double, scale: Estimate.Scale = .linear) -> Estimate {
        let count = Double(samples.count)
        guard samples.count > 1 else { return Estimate(value: offset + mean, standardError: nil, scale: scale) }
        let centre = mean / Double(dimension)
        let order = Double(dimension)
        let squares = pairs.reduce(0) { sum, pair in
            let rest = pair.form - centre * pair.inner
            return sum + rest * rest
        }
        let fromPairs = 2 * order / (order + 2) * squares / Double(max(1, pairs.count))
        let variance = max(fromPairs, Estimate.variance(samples)) / count
        return Estimate(
            value: offset + mean, standardError: (variance + rounding * rounding).squareRoot(),
            degreesOfFreedom: count - 1, scale: scale)
    }

    /// The mean, with the variance that ‖Bvᵢ‖² tell.
    func estimate(dimension: Int, offset: Double = 0, squares: [Double], rounding: Double) -> Estimate {
        Estimate(ofForms: samples, squares: squares, dimension: dimension, offset: offset, rounding: rounding)
    }
}

extension Estimate {
    /// The mean of vᵢᵀBvᵢ over probes on the sphere of radius √D, with the variance 2D/(D + 2) (‖B‖²_F − (tr B)²/D) from
    /// ‖Bvᵢ‖², whose mean is ‖B‖²_F.
    ///
    /// - Parameters:
    ///   - offset: what is added to the value: a part that is known.
    ///   - rounding: a standard error that no sample shows.
    init(
        ofForms samples: [Double], squares: [Double], dimension: Int, offset: Double = 0, rounding: Double = 0
    ) {
        let count = Double(samples.count)
        let order = Double(dimension)
        let mean = samples.reduce(0, +) / count
        let norm = squares.reduce(0, +) / count
        let variance = 2 * order / (order + 2) * max(0, norm - mean * mean / order) / count
        self.init(
            value: offset + mean, standardError: (variance + rounding * rounding).squareRoot(),
            degreesOfFreedom: Satterthwaite.degreesOfFreedom(ofMean: squares))
    }
}
