import ArgumentParser

/// `aftercare stock …`
struct StockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stock",
        abstract: "See what is on the shelf, and count it.",
        subcommands: [
            StockList.self, StockReceive.self, StockAdjust.self, StockCount.self, StockAudit.self, StockRecall.self,
        ]
    )
}
