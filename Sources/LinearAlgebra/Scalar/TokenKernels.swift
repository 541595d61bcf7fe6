import CElementwise

/// Rows of tokens: attention and embeddings.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol TokenKernels {
}

extension Float: TokenKernels {
}

extension Double: TokenKernels {
}
