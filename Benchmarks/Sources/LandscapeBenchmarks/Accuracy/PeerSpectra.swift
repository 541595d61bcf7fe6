import Foundation
import Krylov
import LinearAlgebra

/// Ours against the other libraries', on the same checkpoints and against the clock.
///
/// Each is given what helps it most: set-up is not timed, the settings that are best are chosen with the exact spectrum at
/// hand, and of a library's density the quadrature is taken before it is smoothed.
enum PeerSpectra {
    /// - Parameter folder: for checkpoints, data and exact spectra, which a later run finds there.
    static func run(_ scope: AccuracyScope, folder: String, patience: Double) throws {
        guard let python = Peers.python else { throw HarnessFailure(Peers.installation) }
        var quiet = Quiet(left: scope.isQuick ? 0 : patience)
        try compare(.trained(), folder: folder, python: python, scope, &quiet, exactTop: nil)
        if !scope.isQuick { try compare(.large(), folder: folder, python: python, scope, &quiet, exactTop: 10) }
    }

    private static func compare(
        _ problem: SpectrumProblem, folder: String, python: String, _ scope: AccuracyScope, _ quiet: inout Quiet,
        exactTop: Int?
    ) throws {
        let threads = scope.workers.count
        let place = folder + "/" + problem.name
        let exact = try problem.prepare(in: place, top: exactTop, python: python, threads: threads)
        var peers: [SpectrumPeer] = []
        for library in SpectrumPeer.libraries {
            do {
                peers.append(try SpectrumPeer(library, folder: place, python: python, threads: threads))
            } catch { print("\(library): \(error)") }
        }
        defer { for peer in peers { peer.quit() } }
        print("### \(problem.name)\n")
        if exactTop == nil {
            let comparison = EqualTime(problem: problem, exact: exact, scope: scope)
            print(try comparison.markdown(peers, &quiet) + "\n")
            fflush(nil)
        }
        let comparison = TopEigenvalues(problem: problem, exact: exact, scope: scope)
        print(try comparison.markdown(peers, &quiet) + "\n")
        fflush(nil)
    }
}

/// Patience with other processes, shared by all runs.
struct Quiet {
    var left: Double

    mutating func wait() { left -= MachineLoad.waitForQuiet(left) }
}
