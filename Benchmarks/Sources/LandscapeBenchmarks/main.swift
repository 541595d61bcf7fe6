import ArgumentParser

// `--launch COMMAND …` is for the harness itself; see `Launch`.
let arguments = CommandLine.arguments
if arguments.count > 2, arguments[1] == "--launch" {
    try Launch.answer(Array(arguments[2...]))
} else {
    BenchmarkCommand.main()
}
