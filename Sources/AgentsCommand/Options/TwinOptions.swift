import ArgumentParser

/// Random walks that go along with the agent.
struct TwinOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Random walks from the agent's first parameters, each taking a step of the length of every update in a random \
            direction; their checkpoints lie beside the agent's (step_….twin_1.safetensors).
            """, valueName: "count"))
    var brownianTwins = 0
}
