extension ProbeQuadrature {
    /// Over which each node's weight is spread where the measure is to be drawn between nodes.
    ///
    /// `cellᵢ = [(θᵢ₋₁ + θᵢ)/2, (θᵢ + θᵢ₊₁)/2] ∩ [θᵢ − rᵢ, θᵢ + rᵢ]` with rᵢ the node's residual (an end reaches as far
    /// outwards as inwards). A node that has converged stands for an eigenvalue and stays where it is, r ≈ 0; in a bulk,
    /// where r is larger than the distance to the next node, each stands for all eigenvalues about it.
    public var cells: [ClosedRange<Double>] {
        nodes.indices.map { index in
            let node = nodes[index]
            let below = index > 0 ? 0.5 * (node - nodes[index - 1]) : nil
            let above = index + 1 < nodes.count ? 0.5 * (nodes[index + 1] - node) : nil
            let (left, right) = (below ?? above ?? 0, above ?? below ?? 0)
            return node - min(left, residuals[index])...node + min(right, residuals[index])
        }
    }
}

extension SpectralDensity {
    /// F(t) with every node's weight spread evenly over its cell (see `ProbeQuadrature.cells`).
    ///
    /// A sum over nodes approximates a bulk by steps, which costs a quarter of their distance in W₁ however many probes
    /// there are: they have their nodes at nearly the same places. The true F of a probe lies between the sums of the
    /// weights before and up to a node (Chebyshev, Markov and Stieltjes), and a line through the middle is within the
    /// same bounds and off by the square of the distance where F is smooth. Moments are those of the nodes and not of
    /// the cells: `moment` stays with them.
    ///
    /// Source: Szegő, Orthogonal Polynomials, section 3.41, for the inequality; the cells are ours.
    public func spreadCumulative(at t: Double) -> Estimate {
        let atoms = Double(outliers.count { $0.value <= t })
        return measure.estimate(
            atoms: atoms,
            bulk: probes.map { probe in
                zip(probe.cells, probe.weights).reduce(0) { sum, pair in
                    let (cell, weight) = pair
                    if t >= cell.upperBound { return sum + weight }
                    if t <= cell.lowerBound { return sum }
                    return sum + weight * (t - cell.lowerBound) / (cell.upperBound - cell.lowerBound)
                }
            })
    }

    /// W₁ of that F to the spectrum `eigenvalues` with equal weights: ∫ |F(t) − G(t)| dt, exact for the two functions.
    public func spreadWassersteinDistance(to eigenvalues: [Double]) -> Double {
        precondition(!eigenvalues.isEmpty, "the distance to an empty spectrum")
        let share = 1 / Double(eigenvalues.count)
        let scale = measure.bulkShare / Double(max(1, probes.count))
        var turns: [(at: Double, jump: Double, bend: Double)] = eigenvalues.map { ($0, -share, 0) }
        turns += outliers.map { ($0.value, 1 / Double(dimension), 0) }
        // What is narrower is a jump: of slopes that come and go the rounding stays, 2⁻⁵³ / width each.
        let narrowest = Double.ulpOfOne.squareRoot() * (range.upperBound - range.lowerBound)
        for probe in probes {
            for (cell, weight) in zip(probe.cells, probe.weights) {
                let width = cell.upperBound - cell.lowerBound
                guard width > narrowest else {
                    turns.append((cell.lowerBound, scale * weight, 0))
                    continue
                }
                turns.append((cell.lowerBound, 0, scale * weight / width))
                turns.append((cell.upperBound, 0, -scale * weight / width))
            }
        }
        turns.sort { $0.at < $1.at }
        var (difference, slope, distance) = (0.0, 0.0, 0.0)
        for (turn, next) in zip(turns, turns.dropFirst()) {
            difference += turn.jump
            slope += turn.bend
            let width = next.at - turn.at
            let end = difference + slope * width
            // Of a line that crosses 0 two triangles, otherwise a trapezoid.
            distance +=
                difference * end < 0
                ? 0.5 * width * (difference * difference + end * end) / abs(difference - end)
                : 0.5 * width * abs(difference + end)
            difference = end
        }
        return distance
    }
}
