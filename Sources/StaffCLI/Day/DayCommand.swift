import ArgumentParser

/// `aftercare day …`
struct DayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "day",
        abstract: "See what became of a day, and close it.",
        subcommands: [DayShow.self, DayClose.self]
    )
}
