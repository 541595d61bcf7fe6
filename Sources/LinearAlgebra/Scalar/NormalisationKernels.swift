import CElementwise

/// Statistics and scaling of rows: layer, group and batch normalisation.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol NormalisationKernels {
}

extension Float: NormalisationKernels {
}

extension Double: NormalisationKernels {
}
