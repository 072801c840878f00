package import ArgumentParser

/// The staff's command line: a client of the store's HTTP interface and of nothing else.
package enum StaffCLI {
    /// The commands of the staff, to stand beside a program's own. `Man` comes besides: it has to know the whole program.
    package static let commands: [any ParsableCommand.Type] = [
        TodayCommand.self, NextCommand.self, PackCommand.self, UnpackCommand.self, ParcelsCommand.self,
        LabelsCommand.self, ShipCommand.self, HoldCommand.self,
        ReleaseCommand.self, DeliverCommand.self, ReturnCommand.self, DayCommand.self, OrdersCommand.self,
        EventsCommand.self, DeliveriesCommand.self, WebhooksCommand.self, KeysCommand.self,
        PaymentCommand.self, PrintCommand.self, StockCommand.self, DemoCommand.self, LoginCommand.self,
        LoginsCommand.self,
        LogoutCommand.self, WhoAmICommand.self, InstallationCommand.self,
    ]

    /// What the staff do with the catalog, for a program's own `catalog`.
    package static let catalogCommands: [any ParsableCommand.Type] = [
        CatalogExport.self, CatalogPlan.self, CatalogApply.self,
    ]

    /// What the staff do with tokens, for a program's own `token`.
    package static let tokenCommands: [any ParsableCommand.Type] = [TokenList.self, TokenRevoke.self]

    /// What the staff do with the findings of a comparison, for a program's own `reconcile`.
    package static let reconcileCommands: [any ParsableCommand.Type] = [ReconcileList.self, ReconcileSettle.self]

    /// What the staff do with what is held of a person, for a program's own `personal`.
    package static let personalCommands: [any ParsableCommand.Type] = [PersonalExport.self, PersonalErase.self]
}
