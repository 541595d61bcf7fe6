/// How a digit is written: named places in the unit square, and the pen's strokes through them.
///
/// A stroke is a smooth curve through its places; one that returns to its first place is closed smoothly. A corner is where
/// one stroke ends and another begins, at a place that both name and that is therefore jittered for both alike.
struct Glyph: Sendable {
    let places: [Point]
    let strokes: [[Int]]

    init(_ places: [(Float, Float)], _ strokes: [[Int]]) {
        self.places = places.map { Point($0.0, $0.1) }
        self.strokes = strokes
    }

    /// The ways in which each of the ten digits is written.
    static let digits: [[Glyph]] = [zeros, ones, twos, threes, fours, fives, sixes, sevens, eights, nines]

    private static let zeros = [
        Glyph(
            [
                (0.50, 0.05), (0.28, 0.17), (0.20, 0.50), (0.28, 0.83), (0.50, 0.95), (0.72, 0.83), (0.80, 0.50),
                (0.72, 0.17),
            ], [[0, 1, 2, 3, 4, 5, 6, 7, 0]])
    ]
    private static let ones = [
        Glyph([(0.32, 0.26), (0.54, 0.05), (0.54, 0.95)], [[0, 1], [1, 2]]),
        Glyph([(0.50, 0.05), (0.50, 0.95)], [[0, 1]]),
        Glyph([(0.32, 0.24), (0.52, 0.05), (0.52, 0.94), (0.30, 0.94), (0.74, 0.94)], [[0, 1], [1, 2], [3, 2, 4]]),
    ]
    private static let twos = [
        Glyph(
            [
                (0.22, 0.27), (0.33, 0.10), (0.55, 0.05), (0.75, 0.17), (0.74, 0.37), (0.55, 0.62), (0.20, 0.94),
                (0.82, 0.94),
            ], [[0, 1, 2, 3, 4, 5, 6], [6, 7]])
    ]
    private static let threes = [
        Glyph(
            [
                (0.24, 0.15), (0.48, 0.05), (0.72, 0.17), (0.68, 0.38), (0.42, 0.47), (0.74, 0.58), (0.76, 0.82),
                (0.50, 0.95), (0.21, 0.84),
            ], [[0, 1, 2, 3, 4], [4, 5, 6, 7, 8]])
    ]
    private static let fours = [
        Glyph([(0.62, 0.05), (0.16, 0.66), (0.85, 0.66), (0.62, 0.95)], [[0, 1], [1, 2], [0, 3]]),
        Glyph([(0.28, 0.06), (0.22, 0.54), (0.82, 0.54), (0.70, 0.06), (0.68, 0.95)], [[0, 1], [1, 2], [3, 4]]),
    ]
    private static let fives = [
        Glyph(
            [
                (0.76, 0.06), (0.30, 0.06), (0.26, 0.45), (0.51, 0.36), (0.76, 0.50), (0.77, 0.76), (0.52, 0.95),
                (0.21, 0.85),
            ], [[0, 1], [1, 2], [2, 3, 4, 5, 6, 7]])
    ]
    private static let sixes = [
        Glyph(
            [
                (0.68, 0.06), (0.42, 0.20), (0.25, 0.50), (0.27, 0.80), (0.50, 0.95), (0.74, 0.83), (0.74, 0.61),
                (0.52, 0.49), (0.28, 0.64),
            ], [[0, 1, 2, 3, 4, 5, 6, 7, 8]])
    ]
    private static let sevens = [
        Glyph([(0.18, 0.07), (0.80, 0.07), (0.40, 0.95)], [[0, 1], [1, 2]]),
        Glyph([(0.18, 0.07), (0.80, 0.07), (0.40, 0.95), (0.36, 0.50), (0.78, 0.50)], [[0, 1], [1, 2], [3, 4]]),
    ]
    private static let eights = [
        Glyph(
            [
                (0.50, 0.48), (0.27, 0.35), (0.30, 0.13), (0.50, 0.05), (0.70, 0.13), (0.73, 0.35), (0.24, 0.62),
                (0.27, 0.87), (0.50, 0.95), (0.73, 0.87), (0.76, 0.62),
            ], [[0, 1, 2, 3, 4, 5, 0], [0, 6, 7, 8, 9, 10, 0]])
    ]
    private static let nines = [
        Glyph(
            [
                (0.74, 0.28), (0.64, 0.09), (0.42, 0.05), (0.25, 0.20), (0.29, 0.43), (0.52, 0.50), (0.72, 0.64),
                (0.62, 0.95),
            ], [[0, 1, 2, 3, 4, 5, 0], [0, 6, 7]]),
        Glyph(
            [
                (0.74, 0.28), (0.64, 0.09), (0.42, 0.05), (0.25, 0.20), (0.29, 0.43), (0.52, 0.50), (0.70, 0.74),
                (0.50, 0.95), (0.27, 0.87),
            ], [[0, 1, 2, 3, 4, 5, 0], [0, 6, 7, 8]]),
    ]
}
