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
    /// What the system gave, where it was asked for whole pages.
    private let pages: (start: UnsafeMutableRawPointer, bytes: Int)?

    /// Stretches beyond this size are whole pages of their own, which the system has back as soon as they are freed.
    private static var hugePage: Int { 2 << 20 }

    init(count: Int) {
        precondition(count >= 0, "a storage of \(count) elements")
        self.count = count
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        let memory: UnsafeMutableRawPointer
        if bytes > Self.hugePage {
            (memory, pages) = Self.pages(bytes)
        } else {
            memory = Self.block(bytes)
            pages = nil
        }
        start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
    }

    deinit {
        if let pages { munmap(pages.start, pages.bytes) } else { free(start) }
    }

    /// Pages that the system zeroes when they are first touched: of a basis that is never filled, only what is used
    /// takes memory. They start on a huge page's boundary, for fewer page faults and misses of the address cache.
    private static func pages(_ bytes: Int) -> (UnsafeMutableRawPointer, (UnsafeMutableRawPointer, Int)) {
        let total = bytes + hugePage
        guard let given = mmap(nil, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            given != MAP_FAILED
        else { fatalError("out of memory: \(bytes) bytes were refused") }
        let start = given.alignedUp(toMultipleOf: hugePage)
        #if os(Linux)
            _ = madvise(start, bytes, MADV_HUGEPAGE)
        #endif
        return (start, (given, total))
    }

    private static func block(_ bytes: Int) -> UnsafeMutableRawPointer {
        var memory: UnsafeMutableRawPointer?
        guard posix_memalign(&memory, 64, bytes) == 0, let memory else {
            fatalError("out of memory: \(bytes) bytes were refused")
        }
        memset(memory, 0, bytes)
        return memory
    }
}
