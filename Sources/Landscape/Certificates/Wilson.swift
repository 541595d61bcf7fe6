import Krylov

/// Wilson's interval for a probability that was seen `count` times in `trials`.
///
/// (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), which unlike p ± z √(p(1 − p)/n) is no point at 0 and 1.
///
/// Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
func wilsonInterval(_ count: Int, of trials: Int, confidence: Double = 0.95) -> ClosedRange<Double> {
    precondition(trials > 0 && (0...trials).contains(count), "\(count) of \(trials) trials")
    let z = StudentT.quantile((1 + confidence) / 2, degreesOfFreedom: .infinity)
    let n = Double(trials)
    let p = Double(count) / n
    let centre = p + z * z / (2 * n)
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    // At the ends the two terms are equal but for rounding.
    return (count == 0 ? 0 : (centre - half) / scale)...(count == trials ? 1 : (centre + half) / scale)
}
