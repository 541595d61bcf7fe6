import CElementwise

/// Weighted sums of one to three vectors in one pass.
///
/// As with `Scalar`, each requirement is one call on raw memory, without checks.
public protocol CombinationKernels {
    static func combine(_ y: UnsafeMutablePointer<Self>, _ terms: [CombinationTerm<Self>], _ n: Int)
}

/// One vector of a weighted sum.
public struct CombinationTerm<Element> {
    let factor: Element
    let vector: UnsafePointer<Element>
}

extension Float: CombinationKernels {
    public static func combine(_ y: UnsafeMutablePointer<Float>, _ terms: [CombinationTerm<Float>], _ n: Int) {
        switch terms.count {
        case 1: combination_1_f32(y, terms[0].factor, terms[0].vector, n)
        case 2: combination_2_f32(y, terms[0].factor, terms[0].vector, terms[1].factor, terms[1].vector, n)
        default:
            combination_3_f32(
                y, terms[0].factor, terms[0].vector, terms[1].factor, terms[1].vector, terms[2].factor,
                terms[2].vector, n)
        }
    }
}

extension Double: CombinationKernels {
    public static func combine(_ y: UnsafeMutablePointer<Double>, _ terms: [CombinationTerm<Double>], _ n: Int) {
        switch terms.count {
        case 1: combination_1_f64(y, terms[0].factor, terms[0].vector, n)
        case 2: combination_2_f64(y, terms[0].factor, terms[0].vector, terms[1].factor, terms[1].vector, n)
        default:
            combination_3_f64(
                y, terms[0].factor, terms[0].vector, terms[1].factor, terms[1].vector, terms[2].factor,
                terms[2].vector, n)
        }
    }
}
