import Testing

@testable import Studies

@Suite struct StudyTableTests {
    private static let table: StudyTable = {
        var table = StudyTable(["name", "value"])
        table.append(["a|b", "1.5"])
        table.append(["says \"no\", twice", "-2"])
        return table
    }()

    /// Oracle: GitHub's rules for tables, and RFC 4180 for quotes.
    @Test func writesBothForms() {
        #expect(
            Self.table.markdown == """
                | name | value |
                | --- | ---: |
                | a\\|b | 1.5 |
                | says "no", twice | -2 |

                """)
        #expect(Self.table.csv == "name,value\na|b,1.5\n\"says \"\"no\"\", twice\",-2\n")
    }
}
