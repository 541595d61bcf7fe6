import CBLAS

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The state of the BLAS library: which kernels it runs, and that it keeps to the calling thread.
public enum BLAS {
    /// What the library says of itself, after `prepare()`.
    public struct Description: Sendable, Equatable {
        /// The library's own configuration line.
        public let configuration: String
        /// The kernels in use, such as `Haswell` or `SkylakeX`.
        public let core: String
        /// The kernels that the library had chosen by itself, where this program chose better ones.
        public let replacedCore: String?
        /// The kernels that `OPENBLAS_CORETYPE` asks for; they are never replaced.
        public let requestedCore: String?
    }

    public static var description: Description {
        prepare()
        return Description(
            configuration: String(cString: openblas_get_config()), core: currentCore, replacedCore: replacedCore,
            requestedCore: environment("OPENBLAS_CORETYPE"))
    }

    /// Sets the library up, once; every call of BLAS or LAPACK goes through here first.
    @inline(__always)
    public static func prepare() { _ = prepared }

    private static let prepared: Void = {
        _ = replacedCore
        openblas_set_num_threads(1)
    }()

    /// A library older than the processor falls back to kernels of 2004, at a fifth of the speed. Asking it again, with
    /// the name of kernels that it knows and the processor can run, mends that in 50 µs.
    ///
    /// `OPENBLAS_CORETYPE` is read when the library is loaded, before any line of ours runs; hence its own
    /// initialisation, called once more. Both functions are looked up, so that a library without them is left alone.
    private static let replacedCore: String? = {
        let before = currentCore
        guard environment("OPENBLAS_CORETYPE") == nil, let better = betterCore(than: before),
            let quit = function("gotoblas_dynamic_quit"), let start = function("gotoblas_dynamic_init")
        else { return nil }
        setenv("OPENBLAS_CORETYPE", better, 1)
        quit()
        start()
        unsetenv("OPENBLAS_CORETYPE")
        return before
    }()

    /// Kernels that the processor can run and that are wider than those named `core`; both names are known to every
    /// version of the library since 0.3.0 (an unknown name would bring up kernels for AVX-512).
    private static func betterCore(than core: String) -> String? {
        switch core.lowercased() {
        case "prescott", "core2", "penryn", "dunnington", "nehalem", "atom", "athlon", "opteron", "opteron_sse3",
            "barcelona", "bobcat", "generic", "katmai", "coppermine", "northwood", "banias", "nano", "sandybridge",
            "bulldozer", "piledriver", "steamroller":
            switch Processor.level {
            case .avx512: "SkylakeX"
            case .avx2: "Haswell"
            case .baseline: nil
            }
        default: nil
        }
    }

    private static var currentCore: String { String(cString: openblas_get_corename()) }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func function(_ name: String) -> (@convention(c) () -> Void)? {
        dlsym(UnsafeMutableRawPointer(bitPattern: 0), name).map {
            unsafeBitCast($0, to: (@convention(c) () -> Void).self)
        }
    }
}
