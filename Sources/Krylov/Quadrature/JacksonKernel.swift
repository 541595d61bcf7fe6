#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Jackson's kernel, and what it makes of Chebyshev moments μ₀ … μ_{N−1}.
enum JacksonKernel {
    /// `gₙ = [(N − n + 1) cos(πn/(N + 1)) + sin(πn/(N + 1)) cot(π/(N + 1))]/(N + 1)`: of all kernels of this degree that
    /// keep a density positive the one of least variance (Weiße et al. 2006, equation 71).
    static func factors(_ count: Int) -> [Double] {
        let order = Double(count + 1)
        let angle = Double.pi / order
        return (0..<count).map { index in
            let n = Double(index)
            return ((order - n) * cos(angle * n) + sin(angle * n) * cos(angle) / sin(angle)) / order
        }
    }

    /// F at t = c + d cos ϑ: `(1 − ϑ/π) μ₀ − (2/π) Σ gₙ μₙ sin(nϑ)/n`.
    static func cumulative(of moments: [Double], at angle: Double) -> Double {
        let factors = factors(moments.count)
        var sum = (1 - angle / Double.pi) * moments[0]
        for index in 1..<max(1, moments.count) {
            sum -= 2 / Double.pi * factors[index] * moments[index] * sin(Double(index) * angle) / Double(index)
        }
        return sum
    }

    /// F at ϑₖ = π(k + ½)/K, k descending so that t ascends.
    static func cumulative(of moments: [Double], points count: Int) -> [Double] {
        let factors = factors(moments.count)
        let table = (0..<4 * count).map { sin(Double.pi * Double($0) / Double(2 * count)) }
        return (0..<count).reversed().map { point in
            var sum = (1 - (Double(point) + 0.5) / Double(count)) * moments[0]
            for index in 1..<max(1, moments.count) {
                let sine = table[index * (2 * point + 1) % (4 * count)]
                sum -= 2 / Double.pi * factors[index] * moments[index] * sine / Double(index)
            }
            return sum
        }
    }

    /// Nodes t = c + d cos ϑₖ, ascending, with weights `(1/K) [g₀μ₀ + 2 Σ gₙ μₙ cos nϑₖ]`; without kernel g = 1.
    static func quadrature(
        of moments: [Double], nodes count: Int, withKernel: Bool, middle: Double, half: Double
    ) -> ProbeQuadrature {
        let factors = withKernel ? factors(moments.count) : [Double](repeating: 1, count: moments.count)
        let table = (0..<4 * count).map { cos(Double.pi * Double($0) / Double(2 * count)) }
        let terms = moments.indices.map { (($0 == 0 ? 1 : 2) * factors[$0] * moments[$0]) / Double(count) }
        var nodes: [Double] = []
        var weights: [Double] = []
        for point in (0..<count).reversed() {
            nodes.append(middle + half * table[2 * point + 1])
            var weight = 0.0
            for index in terms.indices { weight += terms[index] * table[index * (2 * point + 1) % (4 * count)] }
            weights.append(weight)
        }
        return ProbeQuadrature(nodes: nodes, weights: weights)
    }
}

extension ProbeQuadrature {
    /// Σ wᵢ Tₙ((θᵢ − c)/d) for n below `count`: what the kernel polynomial method would have measured of this measure.
    func chebyshevMoments(_ count: Int, middle: Double, half: Double) -> [Double] {
        var moments = [Double](repeating: 0, count: count)
        for (node, weight) in zip(nodes, weights) {
            let x = (node - middle) / half
            var previous = x
            var current = 1.0
            for index in 0..<count {
                moments[index] += weight * current
                (previous, current) = (current, index == 0 ? x : 2 * x * current - previous)
            }
        }
        return moments
    }
}
