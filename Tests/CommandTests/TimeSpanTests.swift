import CommandSupport
import Testing

/// Oracle: what the words say.
@Suite struct TimeSpanTests {
    @Test(
        arguments: [
            ("90s", 90), ("30m", 1800), ("2h", 7200), ("1h30m", 5400), ("1.5h", 5400), ("1d2h3m4s", 93_784), ("45", 45),
            ("0.5", 0.5), ("2H", 7200), ("0s", 0),
        ] as [(String, Double)])
    func lengthsOfTime(text: String, seconds: Double) {
        #expect(TimeSpan(argument: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "s", "m5", "5x", "30m1h", "1h1h", "-5s", "1e5", "inf", "nan", "0x10", "1.2.3h", "5 m", "9999999999s",
    ])
    func noLengthsOfTime(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }
}
