#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Memory for `count` elements, zeroed, aligned to a cache line, and freed with its last owner.
///
/// It is `@unchecked Sendable`: tasks share it, and each call that writes says which stretch it owns.
final class Storage<Element: Scalar>: @unchecked Sendable {
    let start: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int) {
        precondition(count >= 0, "a storage of \(count) elements")
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        // Large stretches start on a huge page's boundary: fewer page faults, and fewer misses of the address cache.
        let alignment = bytes >= 4 << 20 ? 2 << 20 : 64
        var memory: UnsafeMutableRawPointer?
        let code = posix_memalign(&memory, alignment, bytes)
        guard code == 0, let memory else { fatalError("out of memory: \(bytes) bytes were refused") }
        #if os(Linux)
            if alignment > 64 { _ = madvise(memory, bytes, MADV_HUGEPAGE) }
        #endif
        memset(memory, 0, bytes)
        start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
    }

    deinit { free(start) }
}
