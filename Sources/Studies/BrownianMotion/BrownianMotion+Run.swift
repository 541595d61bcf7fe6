import Agents
import Checkpoints
import Datasets
public import Files
import Foundation
import Landscape
import LinearAlgebra

extension BrownianMotion {
    public func run(in folder: StudyFolder, _ session: StudySession) throws(Fault) {
        try train(in: folder, session)
        try measure(in: folder, session)
    }

    private func train(in folder: StudyFolder, _ session: StudySession) throws(Fault) {
        let steps = configuration(seed: 0, input: [1, 28, 28]).schedule.steps
        let meter = StudyMeter("training", parts: seeds, total: seeds * steps, unit: "steps", session)
        let input = try imageShape(session)
        try session.forEach(seeds) { seed, stop throws(Fault) in
            let run = try ClassificationRun(
                configuration(seed: seed, input: input), dataDirectory: session.dataDirectory,
                directory: folder.part(part(seed: seed)), mode: .resume, workers: .one)
            try run.run(shouldStop: {
                meter.advance(seed, to: run.step, details: "")
                return stop()
            })
            meter.advance(seed, to: steps)
        }
    }

    /// Every place's measurements, each kept in a file as soon as it is taken.
    private func measure(in folder: StudyFolder, _ session: StudySession) throws(Fault) {
        // λ₁ at step 0 tells what is an outlier later: it comes first.
        let start = hessianIterations[0]
        let first = (0..<seeds).map { Place(seed: $0, iteration: start, twin: nil) }
        let rest = (0..<seeds).flatMap { seed in
            hessianIterations.dropFirst().flatMap { iteration in
                walkers.map { Place(seed: seed, iteration: iteration, twin: $0) }
            }
        }
        let cosines = (0..<seeds).flatMap { seed in
            covarianceIterations.flatMap { iteration in
                walkers.map { Place(seed: seed, iteration: iteration, twin: $0) }
            }
        }
        let total = first.count + rest.count + cosines.count
        let meter = StudyMeter("measuring", parts: total, total: total, unit: "places", session)
        try session.forEach(first.count) { part, _ throws(Fault) in
            try measureSpectrum(at: first[part], in: folder, threshold: nil)
            meter.advance(part, to: 1)
        }
        try session.forEach(rest.count) { part, _ throws(Fault) in
            let beginning: ProbeSpectrum = try read(spectrumPath(first[rest[part].seed], in: folder))
            try measureSpectrum(at: rest[part], in: folder, threshold: beginning.eigenvalues[0])
            meter.advance(first.count + part, to: 1)
        }
        try session.forEach(cosines.count) { part, _ throws(Fault) in
            try measureCosines(at: cosines[part], in: folder)
            meter.advance(first.count + rest.count + part, to: 1)
        }
    }

    private func measureSpectrum(at place: Place, in folder: StudyFolder, threshold: Double?) throws(Fault) {
        let path = spectrumPath(place, in: folder)
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let found = try PlaceMeasurement(study: self, workers: .one)
            .spectrum(of: checkpoint(place, in: folder), threshold: threshold)
        try write(found, to: path)
    }

    private func measureCosines(at place: Place, in folder: StudyFolder) throws(Fault) {
        let path = cosinesPath(place, in: folder)
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let measurement = PlaceMeasurement(study: self, workers: .one)
        let network = checkpoint(place, in: folder)
        let (numbers, matrix) = try measurement.cosines(of: network, target: .recorded)
        let (own, _) = try measurement.cosines(of: network, target: .own)
        if isDrawn(place) {
            var arrays = SafetensorsWriter(metadata: ["format": "pt"])
            try arrays.add("cosines", matrix.elements.array, shape: [matrix.rows, matrix.columns])
            try arrays.write(to: matrixPath(place, in: folder))
        }
        // Last: what is there is complete.
        try write(PlaceCosines(agentTarget: numbers, ownTarget: own), to: path)
    }

    private func imageShape(_ session: StudySession) throws(Fault) -> [Int] {
        try ImageSet.named(data, split: .train, count: 1, seed: imageSeed, dataDirectory: session.dataDirectory).shape
    }

    private func write(_ value: some Encodable, to path: String) throws(Fault) {
        try AtomicFile.makeFolder(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        try AtomicFile.write(Data(try StudyText.json(value).utf8), to: path)
    }
}

extension BrownianMotion {
    /// Where measurements are taken: an agent, or one of its twins, after an iteration.
    struct Place: Sendable {
        var seed: Int
        var iteration: Int
        /// From 1; nil for the agent.
        var twin: Int?
    }

    /// The agent, then its twins.
    var walkers: [Int?] { [nil] + (1...twins).map { Optional($0) } }

    /// The places whose matrices are drawn: the first agent and its first twin.
    func isDrawn(_ place: Place) -> Bool { place.seed == 0 && place.twin ?? 1 == 1 }

    func checkpoint(_ place: Place, in folder: StudyFolder) -> String {
        "\(folder.part(part(seed: place.seed)))/checkpoints/\(name(place)).safetensors"
    }

    func spectrumPath(_ place: Place, in folder: StudyFolder) -> String { measured("spectrum.json", place, folder) }
    func cosinesPath(_ place: Place, in folder: StudyFolder) -> String { measured("cosines.json", place, folder) }
    func matrixPath(_ place: Place, in folder: StudyFolder) -> String { measured("cosines.safetensors", place, folder) }

    func read<Value: Decodable>(_ path: String) throws(Fault) -> Value {
        let data = try AtomicFile.read(path)
        do {
            return try JSONDecoder().decode(Value.self, from: data)
        } catch {
            throw Fault(.data, "is no measurement (\(error))", at: path, remedy: "Remove it, and it is taken again")
        }
    }

    private func measured(_ what: String, _ place: Place, _ folder: StudyFolder) -> String {
        "\(folder.part(part(seed: place.seed)))/measured/\(name(place)).\(what)"
    }

    /// As the run names its checkpoints.
    private func name(_ place: Place) -> String {
        let digits = String(place.iteration * targetPeriod)
        let step = "step_" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        return step + (place.twin.map { ".twin_\($0)" } ?? "")
    }
}
