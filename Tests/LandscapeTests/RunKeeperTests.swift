import Files
import Foundation
import Krylov
import LinearAlgebra
import Synchronization
import TestSupport
import Testing

@testable import Landscape

/// Oracle for resumption: the run that nothing disturbed.
@Suite struct RunKeeperTests {
    /// A clock that stands until it is moved, and a user who asks to stop when told to.
    private final class Hand: Sendable {
        let seconds = Mutex(0.0)
        let asksToStop = Mutex(false)

        func limits(_ limit: Double? = nil, _ period: RunLimits.StatePeriod = .adaptive) -> RunLimits {
            RunLimits(
                timeLimitSeconds: limit, statePeriod: period, isInterrupted: { self.asksToStop.withLock { $0 } },
                elapsed: { self.seconds.withLock { $0 } })
        }

        func move(to time: Double) { seconds.withLock { $0 = time } }
    }

    private struct Killed: Error {}

    private let folder: TemporaryFolder
    private let identity = RunIdentity(command: "test", version: "1")
    private var file: RunFile<Float> { RunFile(folder.file("state/stage.safetensors"), identity: identity) }

    init() throws { folder = try TemporaryFolder() }

    /// xₖ₊₁ = cos(k xₖ + noise of x's last bit), 200 times: every bit of every step counts in the end.
    private func chaos(_ control: RunControl<Float>, afterStep: (Int) throws -> Void = { _ in }) throws -> [Float] {
        let x = Vector<Float>((0..<50).map { Float($0) })
        var step = 0
        if let resumed = control.resumed, let old = resumed.matrices["x"], let count = resumed.numbers["step"]?.first {
            x.assign(old.row(0))
            step = Int(count)
        }
        while step < 200 {
            for index in 0..<50 { x[index] = Float(cos(Double(step) * Double(x[index]) + Double(x[(index + 1) % 50]))) }
            step += 1
            try control.offer {
                Snapshot(matrices: ["x": x.matrix(rows: 1, columns: 50)], numbers: ["step": [Double(step)]])
            }
            if control.isOver() { break }
            try afterStep(step)
        }
        return x.array
    }

    @Test func killedRunEndsInTheSameBytes() throws {
        let expected = try chaos(RunControl())
        var random = RandomSource(seed: 5, stream: "moments of death")
        var lives = 0
        var resumed = 0
        var found: [Float]?
        while found == nil {
            lives += 1
            let end = 1 + random.index(below: 30)
            let period: RunLimits.StatePeriod = lives % 2 == 0 ? .everyOffer : .seconds(3)
            let hand = Hand()
            let keeper = try RunKeeper(file, hand.limits(nil, period))
            resumed += keeper.isResumed ? 1 : 0
            var steps = 0
            do {
                found = try chaos(keeper.control) { _ in
                    steps += 1
                    hand.move(to: Double(steps))
                    if steps == end { throw Killed() }
                }
                keeper.discard()
            } catch is Killed {}
        }
        #expect(lives > 10 && resumed > 5)
        #expect(found == expected)
        #expect(!FileManager.default.fileExists(atPath: folder.file("state")))
    }

    @Test func timeLimitKeepsTheStateOfTheMoment() throws {
        let expected = try chaos(RunControl())
        let hand = Hand()
        let keeper = try RunKeeper(file, hand.limits(7))
        var last = 0
        let partial = try chaos(keeper.control) { step in
            hand.move(to: Double(step))
            last = step
        }
        #expect(last == 7 && keeper.endedEarly)
        #expect(partial != expected)
        #expect(keeper.writes.count == 1)
        #expect(try file.read()?.numbers["step"] == [8])
        let later = try RunKeeper(file, Hand().limits())
        #expect(later.isResumed)
        #expect(try chaos(later.control) == expected)
        #expect(!later.endedEarly)
    }

    @Test func interruptKeepsTheStateAndSaysHowToGoOn() throws {
        let hand = Hand()
        let keeper = try RunKeeper(file, hand.limits())
        let fault = #expect(throws: Fault.self) {
            try chaos(keeper.control) { step in if step == 20 { hand.asksToStop.withLock { $0 = true } } }
        }
        #expect(fault?.kind == .interrupted)
        #expect(fault?.description.contains(file.path) == true)
        #expect(fault?.description.contains("same command") == true)
        #expect(try file.read()?.numbers["step"] == [21])
        #expect(try chaos(RunKeeper(file, Hand().limits()).control) == chaos(RunControl()))
    }

    @Test func withoutAFileThereIsNoStateButAnEnd() throws {
        let hand = Hand()
        let keeper = try RunKeeper<Float>(nil, hand.limits(3))
        _ = try chaos(keeper.control) { hand.move(to: Double($0)) }
        #expect(keeper.endedEarly && keeper.writes.count == 0)
        let fault = #expect(throws: Fault.self) {
            try chaos(RunKeeper<Float>(nil, hand.limits()).control) { _ in hand.asksToStop.withLock { $0 = true } }
        }
        #expect(fault?.kind == .interrupted && fault?.remedy == "")
    }

    /// A step a second for an hour, and a state that takes a second to write: fifty seconds of work to one of writing.
    @Test func writingTakesTwoPercentAtMost() throws {
        #expect(RunLimits.StatePeriod.adaptive.pause(after: 0.01) == 60)
        #expect(RunLimits.StatePeriod.adaptive.pause(after: 10) == 500)
        let hand = Hand()
        let keeper = try RunKeeper(file, hand.limits())
        let slow = Matrix<Float>(rows: 1, columns: 1)
        var writes = 0
        for second in 0..<3600 {
            hand.move(to: Double(second) + 10 * Double(writes))
            try keeper.control.offer {
                // Making it counts as writing it.
                writes += 1
                hand.move(to: Double(second) + 10 * Double(writes))
                return Snapshot(matrices: ["q": slow])
            }
        }
        #expect(keeper.writes.count == writes)
        #expect(keeper.writes.seconds == 10 * Double(writes))
        // The first after a minute, then one in 500 seconds: 3540 / 500 = 7.08 more.
        #expect(writes == 8)
    }

    @Test func freshBeginsAnewWhateverIsThere() throws {
        let other = RunFile<Float>(file.path, identity: RunIdentity(command: "other", version: "1"))
        try other.write(Snapshot(numbers: ["step": [3]]))
        #expect(throws: Fault.self) { try RunKeeper(file, Hand().limits()) }
        let keeper = try RunKeeper(file, Hand().limits(), fresh: true)
        #expect(!keeper.isResumed)
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }
}
