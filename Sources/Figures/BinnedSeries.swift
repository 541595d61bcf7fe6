/// A noisy series of any length as a line and a band: at most `limit` bins of neighbouring steps.
///
/// Twenty thousand noisy points are a smear; their mean and the range of the middle 80 % can be read.
struct BinnedSeries {
    let steps: [Double]
    let means: [Double]
    /// The 10 % and the 90 % point of each bin; equal to the means where every bin holds one value.
    let lower: [Double]
    let upper: [Double]
    /// Whether bins hold more than one value.
    let isBinned: Bool

    init(steps: [Double], values: [Double], limit: Int = 300) {
        let size = max(1, (values.count + limit - 1) / limit)
        var binned: (steps: [Double], means: [Double], lower: [Double], upper: [Double]) = ([], [], [], [])
        for start in stride(from: 0, to: values.count, by: size) {
            let range = start..<min(start + size, values.count)
            let sorted = values[range].sorted()
            let last = Double(sorted.count - 1)
            binned.steps.append(steps[range].reduce(0, +) / Double(range.count))
            binned.means.append(values[range].reduce(0, +) / Double(range.count))
            binned.lower.append(sorted[Int((0.1 * last).rounded())])
            binned.upper.append(sorted[Int((0.9 * last).rounded())])
        }
        (self.steps, means, lower, upper) = (binned.steps, binned.means, binned.lower, binned.upper)
        isBinned = size > 1
    }
}
