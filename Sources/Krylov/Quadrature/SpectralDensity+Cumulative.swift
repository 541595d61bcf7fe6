extension SpectralDensity {
    /// F(t), the share of eigenvalues at or below t, with its error between the probes.
    ///
    /// The steps of F lie at Ritz values: what `steps` steps do not resolve is not in the error.
    public func cumulativeEstimate(at t: Double) -> Estimate { measure.estimate { $0 <= t ? 1 : 0 } }

    /// The mean of F over [t − δ, t + δ]: the share of eigenvalues at or below t, where t is known to ±δ.
    public func cumulativeEstimate(at t: Double, within window: Double) -> Estimate {
        precondition(window > 0, "a window of \(window)")
        return measure.estimate { max(0, min(1, (t + window - $0) / (2 * window))) }
    }

    /// δ, how closely t counts where F's interval decides: 1 % of the mean distance of eigenvalues from their median, as
    /// the probes see them.
    ///
    /// An eigenvalue of large multiplicity (the zeros of a Gauss-Newton matrix) makes F jump, and probes find it at
    /// places that differ by rounding or a little more. At a t between these F is off by half of the jump, however
    /// many probes there are, and nobody asks for such a t. A mean distance, since a few outliers should not decide;
    /// never below the rounding of Ritz values.
    public var cumulativeWindow: Double {
        let bulk = SpectralMeasure(dimension: dimension, atoms: [], probes: probes)
        guard !probes.isEmpty else { return Double.leastNormalMagnitude }
        let pooled = zip(probes.flatMap(\.nodes), probes.flatMap(\.weights)).sorted { $0.0 < $1.0 }
        var share = 0.0
        var median = pooled[0].0
        for (node, weight) in pooled where share < 0.5 * Double(probes.count) {
            median = node
            share += weight
        }
        let distance = bulk.estimate { abs($0 - median) }.value
        let rounding = roundingFactor * epsilon * max(abs(range.lowerBound), abs(range.upperBound))
        return max(0.01 * distance, rounding, Double.leastNormalMagnitude)
    }

    /// The largest half width over all t of the interval of F, taken as its mean over t ± `cumulativeWindow`; nil for a
    /// single probe.
    ///
    /// Such a mean is linear in t between the places θ ± δ of all probes, a variance between lines is convex, so the
    /// largest is at one of these places.
    ///
    /// - Complexity: O(M² m log m) for M probes of m nodes.
    public func largestCumulativeHalfWidth(confidence: Double = 0.95) -> Double? {
        guard !probes.isEmpty else { return 0 }
        guard probes.count > 1 else { return nil }
        let window = cumulativeWindow
        let count = Double(probes.count)
        let means = probes.map { WindowedCumulative($0, window: window) }
        let places = probes.flatMap { $0.nodes.flatMap { [$0 - window, $0 + window] } }
        let largest = places.reduce(0) { largest, place in
            let shares = means.map { $0.value(at: place) }
            let mean = shares.reduce(0, +) / count
            return max(largest, shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
        }
        let error = (largest / (count - 1) / count).squareRoot()
        let quantile = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: count - 1)
        return measure.bulkShare * quantile * error
    }
}

/// The mean of one quadrature's F over t ± δ, by its integral.
private struct WindowedCumulative {
    private let nodes: [Double]
    /// Σ w and Σ w (θ − θ₀) over the first so many nodes.
    private var shares = [0.0]
    private var moments = [0.0]
    private let window: Double

    init(_ probe: ProbeQuadrature, window: Double) {
        nodes = probe.nodes
        self.window = window
        for (node, weight) in zip(probe.nodes, probe.weights) {
            shares.append(shares[shares.count - 1] + weight)
            moments.append(moments[moments.count - 1] + weight * (node - probe.nodes[0]))
        }
    }

    /// Of the nodes up to t − δ all, of those up to t + δ the share (t + δ − θ)/2δ.
    func value(at t: Double) -> Double {
        let below = count(upTo: t - window)
        let near = count(upTo: t + window)
        let weight = shares[near] - shares[below]
        let moment = moments[near] - moments[below]
        return shares[below] + (weight * (t + window - nodes[0]) - moment) / (2 * window)
    }

    private func count(upTo t: Double) -> Int {
        var low = 0
        var high = nodes.count
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle] <= t { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
