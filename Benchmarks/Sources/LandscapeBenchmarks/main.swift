import ArgumentParser

// `accuracy …` is a command of its own, so that the two share no options; `--launch COMMAND …` is for the harness
// itself, see `Launch`.
let arguments = CommandLine.arguments
if arguments.count > 2, arguments[1] == "--launch" {
    try Launch.answer(Array(arguments[2...]))
} else if arguments.count > 1, arguments[1] == "accuracy" {
    AccuracyCommand.main(Array(arguments[2...]))
} else {
    BenchmarkCommand.main()
}
