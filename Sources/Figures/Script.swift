/// The words that all gnuplot scripts here share, so that the figures look alike.
enum Script {
    /// Colours that stay apart for colour-blind readers.
    ///
    /// Source: M. Okabe, K. Ito, "Color Universal Design", 2008.
    enum Colour {
        static let blue = "#0072B2"
        static let vermillion = "#D55E00"
        static let green = "#009E73"
        static let grey = "#999999"
        static let series = [blue, vermillion, green, "#CC79A7", "#E69F00", "#56B4E9", "#000000"]

        static func series(_ index: Int) -> String { series[index % series.count] }
    }

    /// A gnuplot string of any text, which cannot break out of the script.
    static func quoted(_ text: String) -> String {
        let line = text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 32 } ? " " : String($0) }.joined()
        return "'" + line.replacing("'", with: "''") + "'"
    }

    /// What comes first in every script: how to use it, the common look, the title.
    ///
    /// The opening lines of the loop over both formats are in it; the figure closes the loop with `ending`.
    static func beginning(_ figure: Heading, settings: String, width: Int = 1200, height: Int = 800) -> String {
        """
        # \(figure.about)
        # Restyle it here, then draw both pictures again with:  gnuplot \(figure.name).gp
        # The numbers are in \(figure.name).dat, whose first lines name its columns.

        if (!exists("output")) output = '\(figure.name)'
        data = '\(figure.name).dat'
        set encoding utf8

        # Words.
        heading = \(quoted(shortened(figure.title, to: width / 14)))
        subheading = \(quoted(shortened(figure.subtitle, to: width / 9)))

        # The common look: grey axes on two sides, a light grid, the legend below the picture.
        set border 3 linecolor rgb '#666666'
        set tics nomirror textcolor rgb '#333333'
        set grid linetype 1 linecolor rgb '#e4e4e4' linewidth 0.8
        set key noenhanced at screen 0.5, screen 0.03 center horizontal Left reverse \\
            samplen 1.5 width -2 font ',15' textcolor rgb '#333333'

        \(settings)

        # The same picture twice; the PNG has one and a half times the points (and cairo's type is 4/3 as large as SVG's).
        do for [format in "svg png"] {
        if (format eq "svg") {
            set terminal svg size \(width),\(height) font "DejaVu Sans,17" linewidth 1 background "#ffffff"
        } else {
            set terminal pngcairo size \(width * 3 / 2),\(height * 3 / 2) font "DejaVu Sans,17" fontscale 1.125 \\
                linewidth 1.5 pointscale 1.5 background "#ffffff"
        }
        set output output.".".format
        set label 1 heading at screen 0.03, screen \(1 - 30 / Double(height)) left noenhanced font ',22'
        set label 2 subheading at screen 0.03, screen \(1 - 64 / Double(height)) left noenhanced font ',15' \\
            textcolor rgb '#555555'

        """
    }

    /// How the bands are filled.
    static let band = "fillstyle transparent solid 0.25 noborder"

    /// The name of a vertical axis at a fixed place, where no number of any width reaches it.
    static func verticalName(_ text: String, middle: Double) -> String {
        "set label 3 \(quoted(text)) at screen 0.02, screen \(middle) center rotate by 90 noenhanced"
    }

    /// What closes the loop over the formats.
    static let ending = """
        unset output
        }

        """

    /// `text`, or its beginning and end around an ellipsis: the end of a path says more than its middle.
    private static func shortened(_ text: String, to length: Int) -> String {
        guard text.count > length else { return text }
        return text.prefix(length / 2) + "…" + text.suffix(length - length / 2 - 1)
    }
}

/// What a figure says about itself in words.
struct Heading {
    let name: String
    /// One sentence for the script's first line; ours, never the user's.
    let about: String
    let title: String
    let subtitle: String
}

/// The text of a `NAME.dat`: blocks of columns, two blank lines apart, as gnuplot's `index` counts them.
struct DataText {
    private(set) var text = ""
    private var blocks = 0

    /// Appends a block and returns its index.
    @discardableResult
    mutating func append(_ comment: String, _ columns: [[Double]]) -> Int {
        if blocks > 0 { text += "\n\n" }
        text += "# \(comment)\n"
        for row in 0..<(columns.first?.count ?? 0) {
            text += columns.map { "\($0[row])" }.joined(separator: " ") + "\n"
        }
        blocks += 1
        return blocks - 1
    }
}
