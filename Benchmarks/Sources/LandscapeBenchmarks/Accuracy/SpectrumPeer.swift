import Foundation

/// Another library that is asked for spectra; see `peers/accuracy_peer.py`.
final class SpectrumPeer {
    let name: String
    let version: String
    private let process: LineProcess

    static let libraries = ["torch", "curvlinops", "pyhessian", "hessian-eigenthings"]

    init(_ library: String, folder: String, python: String, threads: Int) throws {
        name = library
        process = try LineProcess(
            python: python, script: "accuracy_peer.py", arguments: [library, folder, "--threads", String(threads)])
        version = try process.readyDetails()["version"] as? String ?? ""
        process.sleep()
    }

    /// Probes one after another until `most` are done or the time is over: the seconds since the start after each, and
    /// the density that the probes so far make.
    func density(
        steps: Int, seed: Int, seconds: Double, most: Int
    ) throws -> [(seconds: Double, density: PointMasses)] {
        let answer = try ask([
            "do": "density", "steps": steps, "seed": seed, "seconds": seconds, "probes": most,
        ])
        guard let times = answer["seconds"] as? [Double], let nodes = answer["nodes"] as? [[Double]],
            let weights = answer["weights"] as? [[Double]]
        else { throw HarnessFailure("\(name) answered no density") }
        return times.indices.map { last in
            let share = 1 / Double(last + 1)
            return (
                times[last],
                PointMasses(
                    nodes: nodes[...last].flatMap(\.self), weights: weights[...last].flatMap(\.self).map { $0 * share })
            )
        }
    }

    /// The eigenvalues of largest magnitude with the library's setting number `setting`; nil where it has no more.
    func top(_ count: Int, setting: Int, seed: Int) throws -> (seconds: Double, setting: String, values: [Double])? {
        let answer = try ask(["do": "top", "count": count, "setting": setting, "seed": seed])
        guard let seconds = answer["seconds"] as? Double, let values = answer["values"] as? [Double] else { return nil }
        return (seconds, answer["setting"] as? String ?? "", values)
    }

    func quit() { _ = process.end(#"{"do": "quit"}"#) }

    private func ask(_ request: [String: Any]) throws -> [String: Any] {
        process.wake()
        defer { process.sleep() }
        process.say(String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self))
        return try process.answer()
    }

    /// All eigenvalues, or those of largest magnitude, by PyTorch in double precision.
    static func exact(folder: String, top: Int?, python: String, threads: Int) throws -> [Double] {
        let found = try Launch.measured(
            [python, Peers.folder + "/accuracy_exact.py", folder, "--threads", String(threads)]
                + (top.map { ["--top", String($0)] } ?? []))
        guard found.status == 0,
            let document = (try? JSONSerialization.jsonObject(with: Data(found.output.utf8))) as? [String: Any],
            let values = document["eigenvalues"] as? [Double]
        else { throw HarnessFailure("accuracy_exact.py ended with status \(found.status)") }
        return values.sorted()
    }
}
