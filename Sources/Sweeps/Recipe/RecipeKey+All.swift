import Agents
import Datasets
import Networks
import Plasticity
import Training

extension RewardRule: SettingWord {}
extension DatasetSource: SettingWord {}
extension NetworkPreset.Kind: SettingWord {}
extension OptimiserConfiguration.Kind: SettingWord {}
extension ExplorationDecay.Shape: SettingWord {}
extension ErrorLoss: SettingWord {}
extension TargetUpdate: SettingWord {}
extension ProbeState: SettingWord {}

extension RecipeKey {
    /// Every setting of a run, in the order of `agents train --help`. One line each.
    public static let all: [RecipeKey] = [
        RecipeKey("environment", \.environment.rewards, "What is rewarded."),
        RecipeKey("data", \.images, "The image set."),
        RecipeKey("images", \.environment.imageCount, "How many images to act in."),
        RecipeKey("image-seed", \.environment.imageSeed, "The seed that drawn images come from."),
        RecipeKey("evaluation", \.environment.evaluationCount, "How many images to measure accuracy on."),
        RecipeKey("network", \.network.kind, "The network's layers."),
        RecipeKey("hidden", \.network.widths, "Hidden layers' widths of mlp."),
        RecipeKey("width", \.network.width, "A factor on all channels and units."),
        RecipeKey("depth", \.network.depth, "Hidden layers of 512 (mlp), convolutions (cnn) or blocks (vit)."),
        RecipeKey("layer-norm", \.network.layerNorm, "Layer norm before each activation of mlp, cnn, nature."),
        RecipeKey("spectral-norm", \.network.spectralNorm, "Spectral norm on the first fully connected layer."),
        RecipeKey("crelu", \.network.crelu, "Concatenated rectifiers in mlp, cnn, nature."),
        RecipeKey("group-norm", \.network.groupNormGroups, "Groups of resnet18, in place of batch norm."),
        RecipeKey("patch", \.network.patch, "The pixels of a patch's side in vit."),
        RecipeKey("heads", \.network.heads, "Heads of an attention of vit."),
        RecipeKey("dropout", \.network.dropout, "The probability of dropping a unit of vit in training."),
        RecipeKey("two-hot", \.network.twoHotAtoms, "Atoms of each action's value, learned by two-hot regression."),
        RecipeKey("architecture", \.architecture, "A network as a JSON file, beside the sweep's file."),
        RecipeKey("discount", \.agent.discount, "γ."),
        RecipeKey("batch", \.agent.batchSize, "Transitions of one update."),
        RecipeKey("exploration", \.agent.exploration, "The ε of ε-greedy."),
        RecipeKey("exploration-decay", \.exploration.decay, "How ε falls at the beginning."),
        RecipeKey("exploration-start", \.exploration.start, "The ε that it falls from."),
        RecipeKey("exploration-steps", \.exploration.steps, "Updates in which it falls."),
        RecipeKey("td-loss", \.agent.errorLoss, "How temporal-difference errors are weighed."),
        RecipeKey("huber-delta", \.huberDelta, "The δ up to which Huber's loss is a square."),
        RecipeKey("target-update", \.agent.targetUpdate, "How the target network follows."),
        RecipeKey("target-rate", \.targetRate, "The τ of Polyak averaging."),
        RecipeKey("target-period", \.agent.targetUpdatePeriodSteps, "Updates between copies into the target network."),
        RecipeKey("replay", \.agent.replayCapacity, "Transitions that the replay buffer holds."),
        RecipeKey("warm-up", \.warmUp, "Transitions gathered before the first update."),
        RecipeKey("actions-per-update", \.agent.environmentStepsPerUpdate, "Steps in the environment per update."),
        RecipeKey("double-dqn", \.isDouble, "Whether the online network chooses the next action."),
        RecipeKey("support", \.support, "The ends of the support of two-hot."),
        RecipeKey("optimiser", \.optimiser.kind, "The rule by which parameters move."),
        RecipeKey("learning-rate", \.optimiser.learningRate, "α."),
        RecipeKey("beta1", \.optimiser.beta1, "β₁ of Adam, μ of the momenta."),
        RecipeKey("beta2", \.optimiser.beta2, "β₂ of Adam, ρ of RMSProp."),
        RecipeKey("epsilon", \.optimiser.epsilon, "ε, added to the root."),
        RecipeKey("epsilon-in-root", \.optimiser.epsilonInRoot, "ε̄, added inside the root."),
        RecipeKey("weight-decay", \.optimiser.weightDecay, "λ of the term λθ in the gradient; of adamw, beside it."),
        RecipeKey("intervention", \.interventions, "What is done to the network while it trains."),
        RecipeKey("steps", \.schedule.steps, "Updates of the whole run."),
        RecipeKey("checkpoint-period", \.schedule.checkpointPeriod, "Updates between two checkpoints."),
        RecipeKey("log-period", \.schedule.logPeriod, "Updates between two lines of metrics.csv."),
        RecipeKey("state-period", \.schedule.statePeriod, "Updates between two savings of what resuming needs."),
        RecipeKey("checkpoint-transitions", \.schedule.checkpointTransitions, "Transitions beside each checkpoint."),
        RecipeKey("brownian-twins", \.brownianTwins, "Random walks with steps of the updates' lengths."),
        RecipeKey("statistics-period", \.statistics.period, "Updates between two logs of statistics; 0 for none."),
        RecipeKey("statistics", \.statistics.groups, "Groups of statistics, cheap, or all."),
        RecipeKey("statistics-examples", \.statistics.examples, "Transitions that statistics are over, at most."),
        RecipeKey("probe-period", \.probePeriod, "Updates between two measurements of plasticity."),
        RecipeKey("probe-tasks", \.plasticity.probe.tasks, "New tasks of each measurement."),
        RecipeKey("probe-steps", \.plasticity.probe.steps, "Optimiser steps on each."),
        RecipeKey("probe-examples", \.plasticity.examples, "Inputs that the tasks are on, at most."),
        RecipeKey("probe-state", \.plasticity.state, "With which optimiser state the tasks begin."),
        RecipeKey("seed", \.seed, "The seed of everything drawn at random in the run."),
    ]
}
