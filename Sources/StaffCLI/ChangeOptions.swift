import ArgumentParser

/// What every command understands that changes something.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Show what would be sent, and send no change.")
    var dryRun = false
}
