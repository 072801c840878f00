import ArgumentParser

/// What every command understands that asks before it acts.
struct ConfirmOptions: ParsableArguments {
    @Flag(name: [.customShort("y"), .customLong("yes")], help: "Don't ask.")
    var isAgreed = false
}
