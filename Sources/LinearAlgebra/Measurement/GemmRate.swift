/// How fast this machine multiplies matrices: what every speed of this project is measured against.
public enum GemmRate {
    /// The best rate of several square products, each worker with its own matrices, all workers together.
    ///
    /// - Parameters:
    ///   - order: rows and columns; at 1024 the time is in the kernels and not in the call.
    ///   - seconds: how long to measure.
    /// - Returns: 10⁹ floating-point operations a second, a multiplication and an addition counting as two.
    public static func gigaflops<Element: Scalar>(
        _ type: Element.Type, order: Int = 1024, workers: Workers, seconds: Double = 0.5
    ) -> Double {
        var source = RandomSource(seed: 0, stream: "gemm rate")
        let sets = (0..<workers.count).map { _ in
            (0..<3).map { _ in
                let matrix = Matrix<Element>(rows: order, columns: order)
                matrix.elements.fillUniform(bound: 1, using: &source)
                return matrix
            }
        }
        let operations = 2 * Double(order) * Double(order) * Double(order) * Double(workers.count)
        let clock = ContinuousClock()
        let start = clock.now
        var best = 0.0
        repeat {
            let time = clock.measure {
                workers.forEach(workers.count) { worker in
                    let set = sets[worker]
                    set[2].assign(product: set[0].plain, set[1].plain)
                }
            }
            best = max(best, operations / (time / .seconds(1)) * 1e-9)
        } while start.duration(to: clock.now) < .seconds(seconds)
        return best
    }
}
