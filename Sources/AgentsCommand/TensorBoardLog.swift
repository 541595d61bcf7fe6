import Agents
import EventFiles
import Files
import Logging

/// The run's events, as far as they can be written: a run does not end because nobody can read along.
final class TensorBoardLog {
    private var events: RunEvents?

    /// - Parameter directory: nil for no event files.
    /// - Throws: as `RunEvents`, at the beginning; later faults are told once.
    init(ofRun run: String, in directory: String?) throws(Fault) {
        events = try directory.map { path throws(Fault) in try RunEvents(ofRun: run, in: path) }
    }

    func update() { attempt { events throws(Fault) in try events.update() } }

    /// - Parameter ending: nil for a run that is to go on later.
    func finish(_ ending: EventFile.Ending?) {
        attempt { events throws(Fault) in
            if let ending { try events.end(ending) } else { try events.update() }
        }
    }

    private func attempt(_ work: (RunEvents) throws(Fault) -> Void) {
        guard let events else { return }
        do throws(Fault) {
            try work(events)
        } catch {
            Logger(label: "agents").warning(
                "no more is written for TensorBoard in this process, and training goes on: \(error)")
            self.events = nil
        }
    }
}
