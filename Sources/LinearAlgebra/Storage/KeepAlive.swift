/// Holds the memory behind views until here: to be deferred wherever one's `start` is used.
///
/// A view's pointer does not keep its storage alive by itself: once the optimiser sees no further use of the view it may
/// free the storage, even before the call that works on the pointer.
@inline(__always)
func keepAlive<each View>(_ views: repeat each View) {
    repeat withExtendedLifetime(each views) {}
}
