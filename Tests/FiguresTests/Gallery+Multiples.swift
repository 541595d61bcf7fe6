import Figures
import Foundation

extension Gallery {
    /// Panels of many sizes and ranges; one has a single point, one is constant, some are logarithmic.
    static let multiples: [SmallMultiplesFigure] = [1, 5, 43].map { count in
        let panels = (0..<count).map { index in
            let positions = (0..<(index == 2 ? 1 : 11)).map { Double($0) * 1000 }
            let size = pow(10, Double(index % 9) * 2 - 8)
            return SmallMultiplesFigure.Panel(
                index == 3 ? "it's a_name {of} @many 'words'" : "statistic_number_\(index)", positions: positions,
                values: positions.map { size * (index == 4 ? 1 : 1 + cos($0 / 1000 * Double(index + 1))) },
                isLogarithmic: index % 5 == 1)
        }
        return SmallMultiplesFigure(
            name: "multiples-\(count)", title: "Statistics along training", subtitle: "\(count) of them",
            panels: panels)
    }
}
