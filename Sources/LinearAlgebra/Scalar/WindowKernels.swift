import CElementwise

/// Sliding windows over images: lowering for convolutions, and pooling.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol WindowKernels {
}

extension Float: WindowKernels {
}

extension Double: WindowKernels {
}
