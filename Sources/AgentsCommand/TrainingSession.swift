import Agents
import CommandSupport
import Datasets
import EventFiles
import Figures
import Files
import LinearAlgebra
import Logging

/// One process's share of a run: from where it stands to its end, an interrupt or a fault.
struct TrainingSession {
    var workers = Workers.one
    var progressStyle = Progress.Style.automatic
    /// Whether the training curve is drawn at the end.
    var drawsPicture = true
    /// Where event files for TensorBoard go; nil for none.
    var tensorBoard: String?
    private var configuration: RunConfiguration
    private let images: TaskImages
    private let folder: String
    private let mode: RunMode

    init(_ configuration: RunConfiguration, images: TaskImages, folder: String, mode: RunMode) {
        self.configuration = configuration
        self.configuration.environment.imageChecksum = images.checksum
        self.images = images
        self.folder = folder
        self.mode = mode
    }

    /// Makes sure, before anything of a run is written, that event files can be.
    ///
    /// - Throws: `Fault` of kind `inputOutput` with the system's reason.
    static func prepare(tensorBoard: String?) throws(Fault) {
        if let tensorBoard { try OutputFolder.prepare(tensorBoard) }
    }

    /// Trains to the end and draws the training curve.
    ///
    /// - Throws: as `AgentRun`; after an interrupt, a `Fault` that says how to go on.
    func run() throws(Fault) {
        let environment = try ClassificationMDP(
            images: images.train, rewards: configuration.environment.rewards, seed: configuration.seed)
        let evaluation = EvaluationSet(
            for: environment, heldOut: images.heldOut, count: configuration.environment.evaluationCount)
        let run = try AgentRun(
            configuration, environment: environment, evaluation: evaluation, directory: folder, mode: mode,
            workers: workers)
        if run.step < configuration.schedule.steps {
            try train(run)
        } else {
            Logger(label: "agents").notice("the run is complete: nothing is left to train")
            // What belongs to the last step may still be missing, and what event files would say.
            try run.run(shouldStop: { Interruption.isRequested })
            try TensorBoardLog(ofRun: folder, in: tensorBoard).finish(.success)
        }
        if drawsPicture {
            let drawn = try TrainingPicture(readingRun: folder, configuration).draw()
            if let warning = drawn.warning { Logger(label: "agents").warning("\(warning)") }
        }
        // Last, so that what a killed drawing program was still writing goes too.
        AtomicFile.removeAbandonedFiles(in: folder)
    }

    private func train(_ run: AgentRun<ClassificationMDP>) throws(Fault) {
        let progress = Progress(
            "training", total: configuration.schedule.steps, unit: "steps", done: run.step, style: progressStyle)
        defer { progress.finish() }
        let log = try TensorBoardLog(ofRun: folder, in: tensorBoard)
        var latest = ""
        do throws(Fault) {
            try run.run(
                shouldStop: {
                    progress.advance(to: run.step, details: latest)
                    return Interruption.isRequested
                },
                progress: {
                    latest = Self.details($0.metrics)
                    log.update()
                })
            progress.advance(to: run.step)
            log.finish(.success)
        } catch {
            progress.advance(to: run.step)
            log.finish(error.kind == .interrupted ? nil : .failure)
            throw error
        }
    }

    private static func details(_ metrics: RunMetrics) -> String {
        var words = "loss \(short(metrics.temporalDifferenceLoss))"
        if let accuracy = metrics.evaluation?.greedyAccuracy { words += "  accuracy \(short(accuracy))" }
        return words
    }

    /// Three digits are as many as a glance takes in.
    private static func short(_ value: Double) -> String { Table.text(value, digits: 3) }
}
