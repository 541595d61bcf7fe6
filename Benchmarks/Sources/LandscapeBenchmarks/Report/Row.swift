import Foundation

/// What one contender was found to take for a work.
struct Row {
    let name: String
    let version: String
    let timing: Timing
    var peakBytes: Int?
    /// ‖result‖, where the contender says it.
    var norm: Double?
}

/// The rows of one work, ours first, and the machine's speed meanwhile.
struct Finding {
    let comparison: Comparison
    let rows: [Row]
    let variantCount: Int
    let gemmRates: [Double]
    /// The share of the cores that other processes took meanwhile; nil where it cannot be known.
    let othersShare: Double?
    /// Who could not take part, and why.
    let absent: [String]

    var ours: Row { rows[0] }
    var peers: ArraySlice<Row> { rows[(1 + variantCount)...] }

    /// How many times longer a row takes than ours: best against best, median against median.
    func ratio(_ row: Row) -> (best: Double, median: Double) {
        (row.timing.best / ours.timing.best, row.timing.median / ours.timing.median)
    }

    /// 10⁹ operations a second of our best run, and its share of the best GEMM rate.
    var speed: (gigaflops: Double, share: Double)? {
        guard let operations = comparison.operations, let rate = gemmRates.max() else { return nil }
        let gigaflops = operations / ours.timing.best * 1e-9
        return (gigaflops, gigaflops / rate)
    }
}

/// Whether a target was met, in words.
struct Verdict {
    let text: String
    let isMet: Bool?

    init(_ target: Target, _ finding: Finding) {
        let ours = finding.ours
        switch target {
        case .faster(let factor, let names):
            let others = finding.peers.filter { row in names.isEmpty || names.contains { row.name.hasPrefix($0) } }
            guard let best = others.min(by: { $0.timing.best < $1.timing.best }) else {
                self.init("\(Self.text(factor)) × the best other", nil, "nobody to compare with")
                return
            }
            let ratio = finding.ratio(best)
            self.init(
                "\(Self.text(factor)) × \(names.isEmpty ? "the best other" : names.joined(separator: ", "))",
                ratio.best >= factor,
                "\(Self.text(ratio.best)) × \(best.name) (best), \(Self.text(ratio.median)) × (median)")
        case .share(let share, let name):
            guard let row = finding.rows.first(where: { $0.name == name }) else {
                self.init("share of \(name)", nil, "not measured")
                return
            }
            let ratio = finding.ratio(row)
            self.init(
                "\(Self.percent(share)) of the speed of \(name)", ratio.best >= share,
                "\(Self.percent(ratio.best)) (best), \(Self.percent(ratio.median)) (median)")
        case .gemmShare(let share):
            self.init(
                "\(Self.percent(share)) of the GEMM rate", finding.speed.map { $0.share >= share },
                finding.speed.map { "\(Self.percent($0.share)) (best by best)" } ?? "not measured")
        case .agreement(let bound):
            let norms = finding.peers.compactMap { row in row.norm.map { (name: row.name, norm: $0) } }
            let distances = norms.map { (name: $0.name, distance: abs($0.norm / (ours.norm ?? .nan) - 1)) }
            // A norm that is no number is the worst of all.
            let worst = distances.max { !($0.distance >= $1.distance) }
            self.init(
                "the others' result", worst.map { $0.distance <= bound },
                worst.map { "norms within \(String(format: "%.1e", $0.distance)) of ours (\($0.name))" }
                    ?? "nobody to compare with")
        case .seconds(let limit):
            self.init("\(Self.text(limit)) s", ours.timing.best <= limit, "\(Self.text(ours.timing.best)) s")
        case .memory(let limit):
            self.init(
                "\(Self.text(limit / 1e6)) MB", ours.peakBytes.map { Double($0) <= limit },
                ours.peakBytes.map { "\(Self.text(Double($0) / 1e6)) MB" } ?? "not measured")
        case .memoryShare(let share):
            let least = finding.peers.compactMap(\.peakBytes).min()
            let found = ours.peakBytes.flatMap { own in least.map { Double(own) / Double($0) } }
            self.init(
                "\(Self.percent(share)) of the others' memory", found.map { $0 <= share },
                found.map { Self.percent($0) } ?? "nobody to compare with")
        }
    }

    private init(_ target: String, _ isMet: Bool?, _ found: String) {
        let word = isMet.map { $0 ? "met" : "MISSED" } ?? "open"
        text = "target \(target): \(word), \(found)"
        self.isMet = isMet
    }

    static func text(_ number: Double) -> String { Texts.number(number) }

    static func percent(_ share: Double) -> String { Texts.number(100 * share) + " %" }
}
