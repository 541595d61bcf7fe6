import Files

/// How many of the tiles of a linearised network stay in memory, and how many share places and are computed anew each
/// time they are needed.
///
/// The tiles themselves are the network's: a limit changes where they live, never what is computed.
public struct MemoryPlan: Sendable, Equatable {
    /// Tiles that stay.
    public let residentTiles: Int
    /// Tiles that are computed anew at a time; 0 where all stay.
    public let sharedTiles: Int
    /// What all of these take, in bytes.
    public let bytes: Int
    /// What it would take for all tiles to stay, in bytes.
    public let bytesForAll: Int

    public var recomputes: Bool { sharedTiles > 0 }

    /// - Parameters:
    ///   - tiles: all tiles, `tileBytes` each.
    ///   - limit: in bytes; nil for none.
    /// - Throws: `Fault` of kind `data` where not even one tile fits.
    init(tiles: Int, tileBytes: Int, limit: Int?, workers: Int) throws(Fault) {
        bytesForAll = tiles * tileBytes
        let fitting = limit.map { $0 / max(1, tileBytes) } ?? tiles
        guard fitting < tiles else {
            (residentTiles, sharedTiles, bytes) = (tiles, 0, bytesForAll)
            return
        }
        guard fitting > 0 else {
            throw Fault(
                .data,
                "needs \(Self.megabytes(tileBytes)) for the fewest examples that go through together; "
                    + "the limit is \(Self.megabytes(limit ?? 0))", at: "memory",
                remedy: "Raise --memory, take fewer vectors together, or use single precision")
        }
        sharedTiles = min(workers, fitting)
        residentTiles = fitting - sharedTiles
        bytes = fitting * tileBytes
    }

    /// An amount in words, rounded up.
    public static func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
}
