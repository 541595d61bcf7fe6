/// Numbers of steps, which a file may set to whatever an `Int` holds.
enum StepCount {
    /// The sum, or `most` where it is more; no count is negative.
    static func sum(_ counts: [Int], atMost most: Int) -> Int {
        counts.reduce(0) { sum, count in count < most - sum ? sum + count : most }
    }
}
