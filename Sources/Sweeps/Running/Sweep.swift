import Agents
public import Files

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Many runs in one folder, each in a process of its own, their results in one database.
///
///     let sweep = try Sweep(SweepPlan(reading: "sweep.yaml"), folder: "results")
///     try sweep.run(jobs: 2, launcher: .agents())
///     for run in try sweep.database.runs() { … }
///
/// | file | what |
/// | --- | --- |
/// | `sweep.sqlite` | configuration, status and results of all runs |
/// | `runs/<name>` | a run's folder, as `agents train` would make it |
/// | `owners` | a lock for each process that works on the sweep |
///
/// Whatever is killed, the same command goes on: a run that was being done is taken up from what it had saved, and ends
/// in the bytes that it would have had. Several processes may work on one sweep.
public final class Sweep {
    public let folder: String
    public let database: SweepDatabase
    let dataDirectory: String?

    /// Begins the sweep in `folder`, or takes up the one that is there; runs that have come in since are added.
    ///
    /// - Parameter dataDirectory: where the files of `mnist` and `cifar10` lie.
    /// - Throws: `Fault` of kind `usage` that names the difference, where the folder's sweep is not that of `plan`; `data`
    ///   for a damaged database or another version's; `inputOutput` where the system refuses.
    public init(_ plan: SweepPlan, folder: String, dataDirectory: String? = nil) throws(Fault) {
        self.folder = folder
        self.dataDirectory = dataDirectory
        try AtomicFile.makeFolder(folder + "/runs")
        let lock = try FileLock(waitingFor: folder + "/.lock")
        database = try SweepDatabase(makingIn: folder)
        try database.add(Self.prepared(try plan.additions(to: database.runs()), dataDirectory))
        withExtendedLifetime(lock) {}
    }

    func folder(of run: SweepRun) -> String { Self.folder(ofRun: run.name, in: folder) }

    /// Where a run of the sweep in `folder` lies.
    public static func folder(ofRun name: String, in folder: String) -> String { "\(folder)/runs/\(name)" }

    /// Looks at the images once for all runs that share them: a run's configuration says which they were.
    private static func prepared(_ runs: [PlannedRun], _ dataDirectory: String?) throws(Fault) -> [PlannedRun] {
        var checksums: [String: String] = [:]
        var prepared: [PlannedRun] = []
        for var run in runs {
            let task = run.configuration.environment
            let key = "\(task.images) \(task.imageCount ?? 0) \(task.imageSeed) \(task.evaluationCount)"
            var checksum = checksums[key]
            if checksum == nil {
                do throws(Fault) {
                    checksum = try TaskImages(task, dataDirectory: dataDirectory).checksum
                } catch {
                    throw run.place.isEmpty ? error : error.within("\(run.place), run \(run.name)")
                }
            }
            checksums[key] = checksum
            run.configuration.environment.imageChecksum = checksum ?? ""
            prepared.append(run)
        }
        return prepared
    }

    /// Puts the run's configuration where its process will look for it.
    ///
    /// - Throws: `Fault` of kind `usage` where another run is in its place.
    func lay(_ run: SweepRun) throws(Fault) {
        let folder = folder(of: run)
        let path = folder + "/run.json"
        try AtomicFile.makeFolder(folder)
        guard FileManager.default.fileExists(atPath: path) else {
            return try AtomicFile.write(Data(run.document.utf8), to: path)
        }
        if let difference = try run.configuration.firstDifference(from: RunConfiguration(readingRun: folder)) {
            throw Fault(
                .usage, "the run there has \(difference.other), and the sweep's has \(difference.mine)",
                at: "\(path), key '\(difference.key)'", remedy: "Move that folder away, and retry")
        }
    }
}

extension SweepPlan {
    /// The runs that `runs` has not, under names that it has not.
    ///
    /// - Throws: `Fault` of kind `usage` where a run of `runs` is not asked for any more, with the key that has changed.
    func additions(to runs: [SweepRun]) throws(Fault) -> [PlannedRun] {
        let planned = Set(self.runs.map(\.configuration.identity))
        var found: Set<Data> = []
        for run in runs {
            let configuration = try run.configuration
            found.insert(configuration.identity)
            guard !planned.contains(configuration.identity) else { continue }
            throw Self.change(of: run, configuration, to: self.runs.first { $0.name == run.name })
        }
        var names = Set(runs.map(\.name))
        var additions: [PlannedRun] = []
        for var run in self.runs where !found.contains(run.configuration.identity) {
            run.name = RunName.unused(run.name, names)
            names.insert(run.name)
            additions.append(run)
        }
        return additions
    }

    private static func change(
        of run: SweepRun, _ configuration: RunConfiguration, to planned: PlannedRun?
    ) -> Fault {
        let remedy = "A sweep may gain runs, but not change those it has: undo the change, or choose another folder"
        guard var wanted = planned?.configuration, let planned else {
            return Fault(.usage, "the sweep has a run that is asked for no more", at: "run \(run.name)", remedy: remedy)
        }
        wanted.environment.imageChecksum = configuration.environment.imageChecksum
        guard let difference = wanted.firstDifference(from: configuration) else {
            preconditionFailure("two configurations differ in nothing")
        }
        return Fault(
            .usage, "'\(difference.key)' was \(difference.other) when the sweep began, and is \(difference.mine) now",
            at: (planned.place.isEmpty ? "" : planned.place + ", ") + "run \(run.name)", remedy: remedy)
    }
}
