public import Files
public import LinearAlgebra

/// Something that goes along with a run: told of its moments, it looks at the agent, changes it, or writes files.
///
/// Whatever it draws at random comes from streams of the run's seed that are named after it and the step; what it must
/// remember from step to step are its `tensors`, which the run saves and restores; what it writes are whole files named
/// by the step. So a run with companions, too, ends in the same bytes however often it is killed.
public protocol RunCompanion<Surroundings>: AnyObject {
    associatedtype Surroundings: Environment

    /// Unique in a run; the prefix of its tensors in the saved state.
    var name: String { get }

    /// What is saved with the run's state and restored in place: views of memory that lives as long as the companion.
    var tensors: [(name: String, values: Vector<Float>)] { get }

    /// The agent is made, with fresh parameters; what was saved of a run that is taken up comes after it.
    func prepare(_ agent: DQNAgent)

    /// Step 0: the replay buffer has its first transitions, nothing is written yet. Not called in a resumed run.
    func begin(_ run: AgentRun<Surroundings>) throws(Fault)

    /// Before the update after `run.step`; the companions are told in reverse, so that the first is next to the update on
    /// both sides.
    func willUpdate(_ run: AgentRun<Surroundings>) throws(Fault)

    /// After the update that made the step `run.step`, and the copy into the target network where one was due; before
    /// anything of that step is written.
    func didUpdate(_ run: AgentRun<Surroundings>) throws(Fault)

    /// All that belongs to `run.step` is written, the state too where it was due; and once more where a resumed run
    /// begins. The place for long work that looks at the agent alone: what it has done already it must not do again.
    ///
    /// - Parameter shouldStop: asked now and then; where it is true this is to end with a fault of kind `interrupted`.
    func didFinishStep(_ run: AgentRun<Surroundings>, shouldStop: () -> Bool) throws(Fault)

    /// The checkpoint of `run.step` is written (`step` 0 included); the run's state is not, yet.
    func didWriteCheckpoint(_ run: AgentRun<Surroundings>) throws(Fault)
}

extension RunCompanion {
    public var tensors: [(name: String, values: Vector<Float>)] { [] }
    public func prepare(_ agent: DQNAgent) {}
    public func begin(_ run: AgentRun<Surroundings>) throws(Fault) {}
    public func willUpdate(_ run: AgentRun<Surroundings>) throws(Fault) {}
    public func didUpdate(_ run: AgentRun<Surroundings>) throws(Fault) {}
    public func didFinishStep(_ run: AgentRun<Surroundings>, shouldStop: () -> Bool) throws(Fault) {}
    public func didWriteCheckpoint(_ run: AgentRun<Surroundings>) throws(Fault) {}
}
