import CElementwise

/// What the processor can do, as far as it decides which kernels to run.
public enum Processor {
    /// The widest vector instructions that BLAS kernels can count on.
    public enum Level: String, Sendable {
        /// x86-64-v4: 512-bit vectors.
        case avx512
        /// x86-64-v3: 256-bit vectors and fused multiply-add.
        case avx2
        /// Anything else, other architectures included.
        case baseline
    }

    public static var level: Level {
        switch processor_vector_level() {
        case 4: .avx512
        case 3: .avx2
        default: .baseline
        }
    }
}
