import Files
import Krylov
import Landscape
import LinearAlgebra
import Networks

extension NetworkStatistics {
    /// The sharpness, the gradients' covariance and the tangent kernel, each on the first examples.
    mutating func addDear<Element: Scalar>(
        _ subject: StatisticsSubject<Element>, _ configuration: StatisticsConfiguration
    ) throws(Fault) {
        let wanted: [Statistic.Group] = [.sharpness, .gradientCovariance, .tangentKernel]
        for group in wanted where configuration.groups.contains(group) {
            guard let loss = subject.loss else {
                warnings.append("\(group.rawValue) is left out: there is no loss")
                continue
            }
            do {
                switch group {
                case .sharpness: try addSharpness(subject, loss, configuration)
                case .gradientCovariance: try addCovariance(subject, loss, configuration)
                default: try addKernel(subject, loss, configuration)
                }
            } catch let fault as Fault {
                throw fault
            } catch {
                throw Fault(.software, "\(error)", at: group.rawValue)
            }
        }
    }

    private mutating func addSharpness<Element: Scalar>(
        _ subject: StatisticsSubject<Element>, _ loss: any Loss<Element>, _ configuration: StatisticsConfiguration
    ) throws {
        let linearised = try subject.linearised(loss, examples: configuration.sharpnessExamples, directions: 1)
        let found = try extremeEigenpairs(
            of: CurvatureOperator(.hessian, of: linearised), count: 1,
            ExtremeConfiguration(end: .largest, seed: configuration.seed, workers: subject.workers),
            control: RunControl(isOver: subject.isOver))
        if subject.isOver() { throw Fault(.interrupted, "interrupted") }
        guard let pair = found.pairs.first else { return }
        set(.sharpness, pair.value)
        set(.sharpnessResidual, pair.residual)
        if !pair.converged {
            warnings.append("the sharpness has not converged after \(found.products) products: see its residual")
        }
    }

    private mutating func addCovariance<Element: Scalar>(
        _ subject: StatisticsSubject<Element>, _ loss: any Loss<Element>, _ configuration: StatisticsConfiguration
    ) throws {
        let linearised = try subject.linearised(loss, examples: configuration.covarianceExamples, directions: 0)
        let covariance = try GradientCovariance(linearised)
        let zeros = covariance.zeroGradients
        if zeros > 0 { warnings.append("\(zeros) examples have no gradient; their cosines are counted as 0") }
        guard zeros < linearised.exampleCount else {
            return warnings.append("no example has a gradient: there is no covariance of gradients")
        }
        set(.gradientEntropyRank, covariance.effectiveRank)
        set(.gradientStableRank, covariance.stableRank)
        guard linearised.exampleCount > 1 else { return warnings.append("a single example makes no pair of gradients") }
        set(.gradientMeanCosine, covariance.meanOffDiagonal)
        set(.gradientNegativeFraction, covariance.negativeFraction)
    }

    private mutating func addKernel<Element: Scalar>(
        _ subject: StatisticsSubject<Element>, _ loss: any Loss<Element>, _ configuration: StatisticsConfiguration
    ) throws {
        let rows = subject.distinctRows(atMost: configuration.kernelExamples)
        let linearised = try subject.linearised(loss, on: rows, directions: 8)
        let kernel = TangentKernelOperator(of: linearised)
        let values = try SymmetricEigenvalues.values(of: kernel.formed(), workers: subject.workers)
        let largest = values.last ?? 0
        guard largest > 0 else { return warnings.append("the tangent kernel is 0") }
        let floor = Double(values.count) * Double(Element.ulpOfOne) * largest
        let rank = values.count { $0 > floor }
        set(.kernelLargest, largest)
        set(.kernelExactRank, Double(rank))
        set(.kernelEntropyRank, RankMeasures.entropyRank(of: values.map { max(0, $0) }))
        if rank == values.count {
            set(.kernelCondition, largest / values[0])
        } else {
            warnings.append(
                "the tangent kernel of \(linearised.exampleCount) examples with \(linearised.outputs.columns) outputs is "
                    + "singular to rounding, of rank \(rank) of \(values.count): it has no condition number")
        }
    }
}

extension StatisticsSubject {
    /// The network linearised on the first examples.
    fileprivate func linearised(
        _ loss: any Loss<Element>, examples: Int, directions: Int
    ) throws(Fault) -> LinearisedNetwork<Element> {
        try linearised(loss, on: Array(0..<min(examples, inputs.rows)), directions: directions)
    }

    /// The network linearised on some of the examples.
    fileprivate func linearised(
        _ loss: any Loss<Element>, on rows: [Int], directions: Int
    ) throws(Fault) -> LinearisedNetwork<Element> {
        let isAll = rows.count == inputs.rows
        return try LinearisedNetwork(
            network, at: parameters, inputs: isAll ? inputs : inputs.selecting(rows, in: Element.self),
            loss: isAll ? loss : loss.selecting(rows, in: Element.self),
            LinearisationConfiguration(directions: directions, mode: mode, workers: workers))
    }

    /// The first examples of which no two are the same: two would make any tangent kernel singular.
    fileprivate func distinctRows(atMost most: Int) -> [Int] {
        var seen: Set<[Element]> = []
        var rows: [Int] = []
        for row in 0..<inputs.rows where rows.count < most {
            if seen.insert(inputs.row(row).array).inserted { rows.append(row) }
        }
        return rows
    }
}
