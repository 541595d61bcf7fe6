import Krylov
import LinearAlgebra
import Synchronization
import Testing

/// A snapshot with memory of its own, as a file would have.
func copied<Element: Scalar>(_ snapshot: Snapshot<Element>) -> Snapshot<Element> {
    Snapshot(
        matrices: snapshot.matrices.mapValues { matrix in
            let copy = Matrix<Element>(rows: matrix.rows, columns: matrix.columns)
            copy.assign(matrix)
            return copy
        }, numbers: snapshot.numbers)
}

/// Keeps every snapshot that it is offered, and ends a run after so many.
final class Keeper<Element: Scalar>: Sendable {
    private let kept = Mutex<[Snapshot<Element>]>([])
    private let end: Int

    init(endAfter end: Int = .max) { self.end = end }

    var snapshots: [Snapshot<Element>] { kept.withLock { $0 } }

    func control(resuming snapshot: Snapshot<Element>? = nil) -> RunControl<Element> {
        RunControl(
            resumed: snapshot, isOver: { self.kept.withLock { $0.count } >= self.end },
            offer: { make in
                let snapshot = copied(make())
                self.kept.withLock { $0.append(snapshot) }
            })
    }
}

@Suite struct DensityRunTests {
    private let values = Spectra.clustered(bulk: 150)

    private func configuration(adaptive: Bool = false) -> SpectralDensityConfiguration {
        SpectralDensityConfiguration(
            probes: 5, seed: 0xffff_0000_1234_5678,
            lanczos: LanczosConfiguration(steps: 40, probesAtOnce: 2),
            adaptivity: adaptive ? ProbeAdaptivity(tolerance: 0.045, maximumProbes: 14) : nil)
    }

    /// Oracle: the run that was left alone. Taken up again at each of its snapshots, between batches and inside of them
    /// (40 steps, so that partial reorthogonalisation has acted), a run must end equal in every number; and so must one
    /// that is killed time and again.
    @Test func resumedRunsAreTheSame() throws {
        try resumed(Float.self, deflated: false, adaptive: false)
        try resumed(Double.self, deflated: true, adaptive: false)
        try resumed(Float.self, deflated: true, adaptive: true)
    }

    private func resumed<Element: Scalar>(_: Element.Type, deflated: Bool, adaptive: Bool) throws {
        let target = Spectra.diagonal(values, Element.self)
        let deflation = deflated ? DeflationTests.exact(values, Element.self) : nil
        let asked = configuration(adaptive: adaptive)
        let keeper = Keeper<Element>()
        let whole = try spectralDensity(of: target, deflating: deflation, asked, control: keeper.control())
        // Deflated, the bulk alone loses no orthogonality in so few steps of double precision.
        #expect(whole.reorthogonalisations > 0 || deflated)
        // A step of a batch each, and one when it has finished.
        let batches = adaptive ? (whole.probes.count + 1) / 2 : 3
        #expect(keeper.snapshots.count == batches * 41, "\(keeper.snapshots.count) of \(whole.probes.count) probes")
        for snapshot in keeper.snapshots {
            let again = try spectralDensity(
                of: target, deflating: deflation, asked, control: RunControl(resumed: snapshot))
            #expect(again == whole)
        }
        var last: Snapshot<Element>?
        for _ in 0..<200 {
            let killed = Keeper<Element>(endAfter: 17)
            let part = try spectralDensity(
                of: target, deflating: deflation, asked, control: killed.control(resuming: last))
            guard part.isPartial else {
                #expect(part == whole)
                return
            }
            last = killed.snapshots.last
        }
        Issue.record("17 steps at a time never came to an end")
    }

    /// A run's snapshot says whose it is.
    @Test func foreignSnapshotsAreRefused() throws {
        let target = Spectra.diagonal(values, Double.self)
        let keeper = Keeper<Double>(endAfter: 10)
        _ = try spectralDensity(of: target, configuration(), control: keeper.control())
        var other = configuration()
        other.seed += 1
        #expect(throws: DensityFailure.self) {
            _ = try spectralDensity(of: target, other, control: RunControl(resumed: keeper.snapshots.last))
        }
        #expect(throws: DensityFailure.self) {
            _ = try spectralDensity(
                of: target, deflating: DeflationTests.exact(values, Double.self), configuration(),
                control: RunControl(resumed: keeper.snapshots.last))
        }
    }

    /// Oracle: runs that were asked for just that much. An early end gives the probes that have finished; before the first,
    /// the quadratures of the steps so far, which are those of a run with fewer steps; before the first product nothing.
    @Test func earlyEndsArePartial() throws {
        let target = Spectra.diagonal(values, Double.self)
        let late = try spectralDensity(
            of: target, configuration(), control: Keeper<Double>(endAfter: 41 + 30).control())
        var two = configuration()
        two.probes = 2
        let finished = try spectralDensity(of: target, two)
        #expect(late.isPartial && late.probes == finished.probes && late.products == 80)
        #expect(!finished.isPartial)
        let early = try spectralDensity(of: target, configuration(), control: Keeper<Double>(endAfter: 12).control())
        two.lanczos.steps = 12
        let short = try spectralDensity(of: target, two)
        #expect(early.isPartial && early.products == 24)
        // Full steps project the last vector no more; T's first 11 rows are the same, the twelfth α as well.
        #expect(early.probes == short.probes)
        #expect(throws: DensityFailure.endedBeforeFirstProduct) {
            _ = try spectralDensity(of: target, configuration(), control: Keeper<Double>(endAfter: 0).control())
        }
    }
}
