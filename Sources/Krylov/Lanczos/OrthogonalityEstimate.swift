/// Simon's recurrence for ωⱼₖ ≈ qⱼ·qₖ, the loss of orthogonality of a Lanczos basis, without touching the basis.
///
/// `βⱼ ωⱼ₊₁,ₖ = βₖ ωⱼ,ₖ₊₁ + (αₖ − αⱼ) ωⱼₖ + βₖ₋₁ ωⱼ,ₖ₋₁ − βⱼ₋₁ ωⱼ₋₁,ₖ + ϑ` where ϑ stands for rounding: here always
/// with the sign that makes ω larger, |ϑ| = noise · ‖T‖, where Simon draws it at random.
///
/// Orthogonality is lost towards Ritz vectors that have converged, whose components have one sign where they belong to the
/// upper end of the spectrum and alternate where they belong to the lower. ϑ of one sign hardly excites the second: so the
/// recurrence runs twice, once for A and once for −A (whose ω are (−1)ʲ⁺ᵏ ωⱼₖ, and whose α are −α), and the larger counts.
///
/// Why semi-orthogonality, |ωⱼₖ| ≤ √eps, suffices. Let Qᵀ = N R with orthonormal N and R upper triangular:
/// R = I + O(√eps), and its diagonal is 1 + O(eps), since Rⱼⱼ² = 1 − Σ Rₖⱼ². Subtracting hₖ qₖ from w changes the
/// recurrence to A Qᵀ = Qᵀ (T + C) + rounding, with C above T's first diagonal and |C| ≤ √eps ‖A‖. So
/// Nᵀ A N = R (T + C) R⁻¹ + O(eps ‖A‖) is an upper Hessenberg matrix with βⱼ (1 + O(eps)) below the diagonal. It is
/// symmetric, hence tridiagonal: C only makes up for what R does to T. On the diagonal stands αⱼ plus terms with
/// Rⱼ,ⱼ₊₁ β, which are O(eps ‖A‖) because neighbours are kept orthogonal to rounding. The same holds where qⱼ is
/// mended after it was used. So T is the projection up to O(eps ‖A‖), as with full reorthogonalisation (Simon's
/// theorem 4); only the vectors are not orthogonal to eps.
///
/// Source: Simon, "The Lanczos algorithm with partial reorthogonalization", Math. Comp. 42 (1984), equation 2.13. The
/// calibration in `reset` is ours.
struct OrthogonalityEstimate {
    private let epsilon: Double
    /// The level that ϑ never falls below, relative to ‖T‖: roundings of n numbers with random signs add up to this.
    private let least: Double
    /// ϑ/‖T‖.
    private(set) var noise: Double
    /// Towards the upper end of the spectrum, and towards the lower.
    private(set) var tracks = [Track(sign: 1), Track(sign: -1)]
    private(set) var largest = 0.0

    /// The recurrence for A or −A.
    struct Track {
        /// Of α.
        let sign: Double
        var previous: [Double] = []
        var current: [Double] = [1]

        mutating func advance(alpha: [Double], beta: [Double], theta: Double, epsilon: Double) {
            let step = alpha.count - 1
            var next = [Double](repeating: 0, count: step + 2)
            for k in 0..<step {
                var sum = beta[k] * current[k + 1] + sign * (alpha[k] - alpha[step]) * current[k]
                if k > 0 { sum += beta[k - 1] * current[k - 1] }
                sum -= beta[step - 1] * previous[k]
                next[k] = (sum + (sum < 0 ? -theta : theta)) / beta[step]
            }
            next[step] = epsilon
            next[step + 1] = 1
            previous = current
            current = next
        }

        /// max |ωⱼ₊₁,ₖ| over k < j.
        var largest: Double { current.dropLast(2).reduce(0) { max($0, abs($1)) } }

        /// How many of the first have a part in a loss beyond `bound`.
        func affected(beyond bound: Double) -> Int {
            (previous.indices.dropLast().last { abs(current[$0]) > bound || abs(previous[$0]) > bound } ?? -1) + 1
        }
    }

    init(epsilon: Double, dimension: Int) {
        self.epsilon = epsilon
        least = epsilon / Double(dimension).squareRoot()
        noise = epsilon
    }

    /// Goes on from where an earlier estimate stood.
    mutating func restore(noise: Double, largest: Double, tracks: [(previous: [Double], current: [Double])]) {
        self.noise = noise
        self.largest = largest
        for (index, track) in tracks.enumerated() {
            self.tracks[index].previous = track.previous
            self.tracks[index].current = track.current
        }
    }

    /// Goes on to ωⱼ₊₁ with j = alpha.count − 1.
    ///
    /// - Returns: max |ωⱼ₊₁,ₖ| over k < j.
    mutating func advance(alpha: [Double], beta: [Double], norm: Double) -> Double {
        for index in tracks.indices {
            tracks[index].advance(alpha: alpha, beta: beta, theta: noise * norm, epsilon: epsilon)
        }
        largest = tracks.reduce(0) { max($0, $1.largest) }
        return largest
    }

    /// How many of the first vectors take part in a reorthogonalisation: up to the last with |ω| > eps^¾ for qⱼ or qⱼ₊₁.
    ///
    /// Orthogonality is lost towards Ritz vectors that have converged, and these have no part in the later vectors: so
    /// with a few outliers half of the basis need not be read (Simon's section 5, with one interval).
    var affected: Int {
        let bound = epsilon.squareRoot() * epsilon.squareRoot().squareRoot()
        return tracks.reduce(0) { max($0, $1.affected(beyond: bound)) }
    }

    /// qⱼ and qⱼ₊₁ have been reorthogonalised against the first `count` vectors: those ω start again at rounding.
    ///
    /// `measured` is what max |ωⱼ₊₁,ₖ| really was. ω is linear in ϑ, and rounding mostly is far smaller than its bound,
    /// so the next estimates start from four times the noise that would have explained what was measured. What one
    /// projection leaves is the basis' own loss, √eps at most, times what it took away.
    mutating func reset(_ count: Int, measured: Double) {
        noise = min(epsilon, max(least, noise * 4 * measured / largest))
        let level = max(noise, min(measured, epsilon.squareRoot()) * epsilon.squareRoot())
        for index in tracks.indices {
            for k in 0..<count {
                tracks[index].previous[k] = level
                tracks[index].current[k] = level
            }
        }
    }
}
