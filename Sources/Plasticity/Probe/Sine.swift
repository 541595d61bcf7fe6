#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

func sine(_ x: Double) -> Double { sin(x) }
