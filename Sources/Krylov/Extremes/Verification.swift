#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What was done to make sure that no eigenvalue beyond the wanted ones was missed.
///
/// A Krylov space shows one eigenvector of each eigenspace, and never an eigenvector that its start vectors have no part
/// of. So once the wanted pairs have converged, a random vector joins, and Lanczos' method goes on from it alone in the
/// orthogonal complement of the Ritz vectors Y, that is with A″ = (I − YYᵀ) A (I − YYᵀ). If something was missed, a Ritz
/// value rises beyond the wanted ones; the search takes it in, and verifies anew.
///
/// **How long is long enough.** Let τ be the last wanted value and its allowed residual on top. By Sylvester's law of
/// inertia A has as many eigenvalues beyond τ as there are Ritz values, unless A″ + Σ bᵤbᵤᵀ/(τ − θᵤ) has one, the sum
/// over the Ritz values θᵤ below τ and their residuals bᵤ; unless, then, A″ has one beyond τ − σ, σ = Σ ‖bᵤ‖²/(τ − θᵤ).
/// From a uniformly random direction in n dimensions j products leave the largest Ritz value more than a share ε of the
/// spectrum's width below the largest eigenvalue with a probability of at most 1.648 √n exp(−√ε (2j − 1)) (Kuczyński and
/// Woźniakowski, SIAM J. Matrix Anal. Appl. 13, 1992), and likewise at the other end. If the Ritz values of A″ end a
/// distance g short of τ − σ and spread over a width w, and A″ has an eigenvalue beyond τ − σ all the same, then at one of
/// its ends the share that they fall short by is g/(2g + w) at least. So the chance of having missed something is at most
///
///     2 · 1.648 √n exp(−√(g/(2g + w)) (2j − 1)),   times the number of times that one has looked.
///
/// **It is no proof.** The chance is over the random vectors; the bound is of exact arithmetic; eigenvalues that differ
/// from the last wanted one by less than its allowed residual are not told from it. And a narrow gap between the last
/// wanted value and the rest of the spectrum asks for many products: the limit then ends the verification with the
/// chance that was reached, which may be 1 though nothing was seen.
public struct Verification: Sendable, Equatable {
    /// Products spent on it, all rounds together.
    public internal(set) var products = 0
    /// Random vectors, or blocks of them, that it has started.
    public internal(set) var rounds = 0
    /// Rounds that found something beyond the wanted values.
    public internal(set) var findings = 0
    /// The bound on the chance of having missed something, for the last round; 1 where there was none, 0 where the
    /// whole complement was seen.
    public internal(set) var missProbability = 1.0
    /// Whether `missProbability` came down to what was asked for.
    public internal(set) var isVerified = false
}

/// The round of verification that is under way.
struct VerificationRound: Equatable {
    /// Expanded rows from the fresh vectors on, in order; empty again after a restart, which ends the bound's validity.
    var chain: [Int] = []
    /// Block products in `chain`.
    var steps = 0
    /// Products of this round, those after a restart included.
    var products = 0
    /// How often the bound has been looked at.
    var looks = 0
    /// Whether a restart has cut the chain.
    var isCut = false
    /// τ at the upper and at the lower end; infinite at an end that is not searched.
    var upper = Double.infinity
    var lower = -Double.infinity
    /// σ at either end.
    var upperShift = 0.0
    var lowerShift = 0.0
    /// Ritz values beyond τ when the round began.
    var beyond = 0

    /// How many of some values lie beyond τ.
    func countBeyond(_ values: [Double]) -> Int { values.count { $0 > upper || $0 < lower } }

    /// How far the chain's Ritz values, ascending, end short of τ − σ at the nearer end.
    func gap(_ values: [Double]) -> Double {
        guard let low = values.first, let high = values.last else { return 0 }
        return min(upper - upperShift - high, low - lower - lowerShift)
    }

    /// The bound on the chance of a miss, for Ritz values of the chain in a space of `dimension`.
    func missProbability(chain values: [Double], dimension: Int) -> Double {
        let gap = gap(values)
        guard gap > 0, gap.isFinite else { return 1 }
        let share = gap / (2 * gap + values.last! - values.first!)
        let decay = share.squareRoot() * Double(2 * steps - 1)
        return min(1, Double(looks) * 2 * 1.648 * Double(dimension).squareRoot() * exp(-decay))
    }

    /// When to look next: rarely, since each look costs a factor, and no sooner than the bound could suffice.
    func isDue(target: Double, dimension: Int) -> Bool {
        let exponent = log(2 * 1.648 * Double(dimension).squareRoot() / target)
        let first = Int((exponent / 0.5.squareRoot() + 1) / 2) + 1
        var next = first
        while next < steps { next = max(next + 2, next * 5 / 4) }
        return next == steps
    }

    /// Takes σ from the Ritz values that stay, whose couplings with what lies outside are `square`d and summed.
    mutating func shift(by values: [Double], squares: [Double]) {
        for (value, square) in zip(values, squares) {
            if upper.isFinite, value < upper { upperShift += square / (upper - value) }
            if lower.isFinite, value > lower { lowerShift += square / (value - lower) }
        }
    }
}
