import Agents
import Datasets
import Networks
import Training

extension RewardRule: SettingWord {}
extension DatasetSource: SettingWord {}
extension NetworkPreset.Kind: SettingWord {}
extension OptimiserConfiguration.Kind: SettingWord {}

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
        RecipeKey("group-norm", \.network.groupNormGroups, "Groups of resnet18, in place of batch norm."),
        RecipeKey("patch", \.network.patch, "The pixels of a patch's side in vit."),
        RecipeKey("heads", \.network.heads, "Heads of an attention of vit."),
        RecipeKey("dropout", \.network.dropout, "The probability of dropping a unit of vit in training."),
        RecipeKey("two-hot", \.network.twoHotAtoms, "Atoms of each action's value, learned by two-hot regression."),
        RecipeKey("architecture", \.architecture, "A network as a JSON file, beside the sweep's file."),
        RecipeKey("discount", \.agent.discount, "γ."),
        RecipeKey("batch", \.agent.batchSize, "Transitions of one update."),
        RecipeKey("exploration", \.agent.exploration, "The ε of ε-greedy."),
        RecipeKey("target-period", \.agent.targetUpdatePeriodSteps, "Updates between copies into the target network."),
        RecipeKey("replay", \.agent.replayCapacity, "Transitions that the replay buffer holds."),
        RecipeKey("warm-up", \.warmUp, "Transitions gathered before the first update."),
        RecipeKey("actions-per-update", \.agent.environmentStepsPerUpdate, "Steps in the environment per update."),
        RecipeKey("double-dqn", \.isDouble, "Whether the online network chooses the next action."),
        RecipeKey("support", \.support, "The ends of the support of two-hot."),
        RecipeKey("optimiser", \.optimiser.kind, "The rule by which parameters move."),
        RecipeKey("learning-rate", \.optimiser.learningRate, "α."),
        RecipeKey("beta1", \.optimiser.beta1, "β₁ of adam, μ of momentum."),
        RecipeKey("beta2", \.optimiser.beta2, "β₂ of adam, ρ of rmsprop."),
        RecipeKey("epsilon", \.optimiser.epsilon, "ε, added to the root, of adam and rmsprop."),
        RecipeKey("epsilon-in-root", \.optimiser.epsilonInRoot, "ε̄, added inside the root, of adam and rmsprop."),
        RecipeKey("weight-decay", \.optimiser.weightDecay, "λ of the term λθ in the gradient."),
        RecipeKey("intervention", \.interventions, "What is done to the network while it trains."),
        RecipeKey("steps", \.schedule.steps, "Updates of the whole run."),
        RecipeKey("checkpoint-period", \.schedule.checkpointPeriod, "Updates between two checkpoints."),
        RecipeKey("log-period", \.schedule.logPeriod, "Updates between two lines of metrics.csv."),
        RecipeKey("state-period", \.schedule.statePeriod, "Updates between two savings of what resuming needs."),
        RecipeKey("checkpoint-transitions", \.schedule.checkpointTransitions, "Transitions beside each checkpoint."),
        RecipeKey("seed", \.seed, "The seed of everything drawn at random in the run."),
    ]
}
