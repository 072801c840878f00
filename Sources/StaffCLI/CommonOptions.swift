import ArgumentParser

/// What every command understands.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the answer as JSON.")
    var json = false
    @Option(help: "When to use colour.")
    var color: ColourChoice = .auto
}
