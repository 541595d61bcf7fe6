/// Pooling of images, one a row, that lie channels last. A transpose adds in the order of the windows.
extension Matrix {
    /// self = the largest number in each window of `images`; `index` takes its offset in the window, counted row by row
    /// from the window's corner (the padding included), the first of equals.
    ///
    /// - Parameters:
    ///   - images: `[n, window.inputWidth]`; self and `index` are `[n, window.outputWidth]`.
    public func assign(maxPooled images: Matrix, _ window: PoolingWindow, index: Matrix) {
        checkPooling(window, images: images, pooled: self)
        checkPooling(window, images: images, pooled: index)
        defer { keepAlive(self, images, index) }
        Element.maxPool(start, index.start, images.start, window, rows)
    }

    /// self = what `images` have at the offsets `index`.
    public func assign(gathered images: Matrix, _ window: PoolingWindow, index: Matrix) {
        checkPooling(window, images: images, pooled: self)
        checkPooling(window, images: images, pooled: index)
        defer { keepAlive(self, images, index) }
        Element.maxPoolGather(start, index.start, images.start, window, rows)
    }

    /// The transpose of `assign(gathered:)`: self are images, and each window of `pooled` adds to one pixel a channel.
    public func assign(scattered pooled: Matrix, _ window: PoolingWindow, index: Matrix) {
        checkPooling(window, images: self, pooled: pooled)
        checkPooling(window, images: self, pooled: index)
        defer { keepAlive(self, pooled, index) }
        Element.maxPoolScatter(start, index.start, pooled.start, window, rows)
    }

    /// self = the sum over each window of `images`, zeros in the padding, divided by the window's size.
    public func assign(averaged images: Matrix, _ window: PoolingWindow) {
        checkPooling(window, images: images, pooled: self)
        defer { keepAlive(self, images) }
        Element.averagePool(start, images.start, window, rows)
    }

    /// The transpose of `assign(averaged:)`: self are images.
    public func assign(spread pooled: Matrix, _ window: PoolingWindow) {
        checkPooling(window, images: self, pooled: pooled)
        defer { keepAlive(self, pooled) }
        Element.averagePoolScatter(start, pooled.start, window, rows)
    }

    private func checkPooling(_ window: PoolingWindow, images: Matrix, pooled: Matrix) {
        precondition(
            images.columns == window.inputWidth && pooled.columns == window.outputWidth && images.rows == pooled.rows,
            "\(images.rows) images of \(images.columns) pooled to \(pooled.rows) of \(pooled.columns), where a window "
                + "takes \(window.inputWidth) to \(window.outputWidth)")
        precondition(
            images.stride == images.columns && pooled.stride == pooled.columns, "images that do not lie end to end")
    }
}
