import ArgumentParser

/// `aftercare orders …`
struct OrdersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract: "Find orders and change them.",
        subcommands: [
            OrdersList.self, OrdersShow.self, OrdersNote.self, OrdersCustomer.self, OrdersAddress.self,
            OrdersCancel.self, OrdersRefund.self, OrdersReplace.self, OrdersShipping.self, OrdersReschedule.self,
            OrdersLinks.self, OrdersCreate.self, OrdersExport.self, OrdersDocuments.self,
        ]
    )
}
