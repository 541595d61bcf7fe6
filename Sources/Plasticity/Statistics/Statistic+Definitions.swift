/// The definitions, each once.
extension Statistic {
    static let weightNorm = Statistic(
        "weight_norm", .weights, .both, "L2 norm of all parameters: weights, biases, gains, embeddings",
        source: "Lyle et al. 2023")
    static let weightNormWithoutBiases = Statistic(
        "weight_norm_without_biases", .weights, .network,
        "L2 norm of the weight matrices and kernels alone: no biases, no gains of normalisation, no embeddings")
    static let weightMeanMagnitude = Statistic(
        "weight_mean_magnitude", .weights, .both, "mean absolute value of the parameters", source: "Dohare et al. 2024")
    static let distance = Statistic(
        "distance_from_initialisation", .weights, .both, "L2 norm of theta - theta_0")
    static let relativeDistance = Statistic(
        "relative_distance_from_initialisation", .weights, .both, "L2 norm of theta - theta_0 / that of theta_0")
    static let cosineWithInitialisation = Statistic(
        "cosine_with_initialisation", .weights, .both, "cosine between theta and theta_0",
        source: "Frankle, Schwab, Morcos 2020")
    static let signChanges = Statistic(
        "sign_change_fraction", .weights, .both, "share of parameters whose sign is another than in theta_0",
        source: "Frankle, Schwab, Morcos 2020")
    static let weightSpectralNorm = Statistic(
        "weight_spectral_norm", .weightRanks, .both,
        "largest singular value of a weight as stored, as [out, in · k · k]; of the network the largest of them")

    static let weightStatistics = [
        weightNorm, weightNormWithoutBiases, weightMeanMagnitude, distance, relativeDistance, cosineWithInitialisation,
        signChanges,
    ]

    static let dead = Statistic(
        "dead_fraction", .units, .both,
        "share of ReLU units (each half of a CReLU one) that are 0 on every example, exactly; of images and tokens each "
            + "position is a unit",
        source: "Lyle et al. 2023")
    static let dormant = Statistic(
        "dormant_fraction", .units, .both,
        "share of units with E|h| / (mean of E|h| over the layer) at most tau = 0.025",
        source: "Sokar et al. 2023, definition 3.1")
    static let saturated = Statistic(
        "saturated_fraction", .units, .both,
        "share of tanh and sigmoid units that are saturated on every example: |tanh| > 0.95, |2 sigmoid - 1| > 0.95")
    static let saturationRate = Statistic(
        "saturation_rate", .units, .both, "share of (unit, example) pairs of tanh and sigmoid that are saturated",
        source: "Rakitianskaia, Engelbrecht 2015")
    static let linearised = Statistic(
        "linearised_fraction", .units, .both,
        "share of ReLU and leaky ReLU units that are linear on the examples, not dead: ReLU > 0 on every one, leaky "
            + "ReLU of one sign", source: "Lyle et al. 2024, Disentangling the causes of plasticity loss")
    static let zeroActivations = Statistic(
        "zero_activation_fraction", .units, .both, "share of (unit, example) pairs of ReLU that are 0")
    static let deadChannels = Statistic(
        "dead_channel_fraction", .units, .both,
        "as dead_fraction, of channels: a feature map, a feature of tokens, or a unit, dead at every position")
    static let dormantChannels = Statistic(
        "dormant_channel_fraction", .units, .both, "as dormant_fraction, of channels: E over examples and positions",
        source: "Sokar et al. 2023, as their code counts convolutions")
    static let saturatedChannels = Statistic(
        "saturated_channel_fraction", .units, .both, "as saturated_fraction, of channels: at every position")
    static let linearisedChannels = Statistic(
        "linearised_channel_fraction", .units, .both, "as linearised_fraction, of channels: at every position")

    static let unitStatistics = [
        dead, dormant, saturated, saturationRate, linearised, zeroActivations, deadChannels, dormantChannels,
        saturatedChannels, linearisedChannels,
    ]

    static let featureNorm = Statistic(
        "feature_norm", .features, .both, "mean over the examples of the L2 norm of their features",
        source: "Moalla et al. 2024")

    static let outputMean = Statistic(
        "output_mean", .outputs, .network,
        "mean over examples and outputs; of categorical (two-hot) outputs that of the values they stand for")
    static let outputDeviation = Statistic(
        "output_standard_deviation", .outputs, .network, "standard deviation over examples and outputs (divisor n)")
    static let outputScale = Statistic(
        "output_root_mean_square", .outputs, .network, "root of the mean square over examples and outputs")
    static let logitMean = Statistic(
        "logit_mean", .outputs, .network, "as output_mean, of the logits of categorical (two-hot) outputs")
    static let logitDeviation = Statistic(
        "logit_standard_deviation", .outputs, .network, "as output_standard_deviation, of those logits")
    static let logitScale = Statistic(
        "logit_root_mean_square", .outputs, .network, "as output_root_mean_square, of those logits")

    static let outputStatistics = [
        outputMean, outputDeviation, outputScale, logitMean, logitDeviation, logitScale,
    ]

    static let loss = Statistic("loss", .gradient, .network, "mean loss over the examples")
    static let gradientNorm = Statistic(
        "gradient_norm", .gradient, .both, "L2 norm of the gradient of that mean loss",
        source: "Abbas et al. 2023")
    static let zeroGradients = Statistic(
        "zero_gradient_fraction", .gradient, .both, "share of parameters whose gradient is 0, exactly",
        source: "Abbas et al. 2023, who count the others")

    static let gradientStatistics = [loss, gradientNorm, zeroGradients]

    static let updateNorm = Statistic(
        "update_norm", .update, .both,
        "in training: L2 norm of what the last step changed in theta, interventions of that step included")
    static let effectiveLearningRate = Statistic(
        "effective_learning_rate", .update, .both, "in training: update_norm / L2 norm of theta before that step")
    static let displacementRate = Statistic(
        "relative_displacement_per_step", .update, .both,
        "between two checkpoints: L2 norm of their difference / that of the first / steps between; no more than the "
            + "mean effective learning rate, since steps turn")

    static let updateStatistics = [updateNorm, effectiveLearningRate, displacementRate]

    static let sharpness = Statistic(
        "sharpness", .sharpness, .network, "largest eigenvalue of the loss's Hessian", source: "Lyle et al. 2023")
    static let sharpnessResidual = Statistic(
        "sharpness_residual", .sharpness, .network, "residual of that eigenpair: one lies within it of the value")
    static let gradientMeanCosine = Statistic(
        "gradient_mean_cosine", .gradientCovariance, .network,
        "mean cosine between the gradients of two examples", source: "Lyle et al. 2023")
    static let gradientNegativeFraction = Statistic(
        "gradient_negative_fraction", .gradientCovariance, .network,
        "share of pairs of examples whose gradients' cosine is negative", source: "Lyle et al. 2023")
    static let gradientEntropyRank = Statistic(
        "gradient_entropy_rank", .gradientCovariance, .network,
        "exp of the entropy of the eigenvalues of the matrix of cosines / their sum")
    static let gradientStableRank = Statistic(
        "gradient_stable_rank", .gradientCovariance, .network,
        "sum of the eigenvalues of the matrix of cosines / the largest: the stable rank of the unit gradients")
    static let kernelCondition = Statistic(
        "ntk_condition", .tangentKernel, .network,
        "largest / smallest eigenvalue of the neural tangent kernel of all outputs, on examples of which no two are the "
            + "same; absent where it is singular to rounding",
        source: "Xiao, Pennington, Schoenholz 2020")
    static let kernelLargest = Statistic(
        "ntk_largest_eigenvalue", .tangentKernel, .network,
        "largest eigenvalue of the neural tangent kernel of all outputs")
    static let kernelExactRank = Statistic(
        "ntk_exact_rank", .tangentKernel, .network,
        "how many eigenvalues of that kernel exceed order · eps · the largest, eps the network's")
    static let kernelEntropyRank = Statistic(
        "ntk_entropy_rank", .tangentKernel, .network, "exp of the entropy of that kernel's eigenvalues / their sum")

    static let dearStatistics = [
        sharpness, sharpnessResidual, gradientMeanCosine, gradientNegativeFraction, gradientEntropyRank,
        gradientStableRank, kernelCondition, kernelLargest, kernelExactRank, kernelEntropyRank,
    ]
}
