import ArgumentParser

/// What every command understands.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the answer as JSON.")
    var json = false
    @Option(help: "The login that was saved under this name.", completion: .custom { _, _, _ in Profile.names() })
    var profile: String?
    @Option(help: "When to use colour.")
    var color: ColourChoice = .auto
}

/// What every command understands that changes something.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Show what would be sent, and send no change.")
    var dryRun = false
}

/// What every command understands that asks before it acts.
struct ConfirmOptions: ParsableArguments {
    @Flag(name: [.customShort("y"), .customLong("yes")], help: "Don't ask.")
    var isAgreed = false
}
