import ArgumentParser
import StoreAPI

/// `aftercare parcels`
struct ParcelsCommand: StaffCommand {
    static let configuration = CommandConfiguration(
        commandName: "parcels",
        abstract: "List the parcels that wait for the courier.",
        discussion: "Example: aftercare parcels"
    )

    @OptionGroup var common: CommonOptions

    func execute(_ invocation: Invocation) async throws {
        let console = invocation.console
        let answer = try await invocation.store().send(.get(.staff("parcels")))
        try invocation.show(answer, as: WaitingParcelListBody.self) { parcels in
            guard !parcels.data.isEmpty else { return try console.say("No parcels are waiting.") }
            var table = Table([
                .init("ORDER", isWhole: true), .init("PARCEL", isNumber: true), .init("SHIP BY"), .init("WITH"),
                .init("TO"), .init("UNITS", isNumber: true), .init("PACKED", canGo: true),
                .init("BY", canGo: true),
            ])
            for parcel in parcels.data {
                guard let revision = parcel.newGuide else { continue }
                try console.say(PackSheet.newGuide(revision, of: parcel.number), .alarm)
            }
            for parcel in parcels.data {
                table.add([
                    Table.Cell(parcel.number, .strong), Table.Cell(parcel.parcel), Table.Cell(parcel.shipBy ?? ""),
                    Table.Cell(parcel.shippingMethod ?? ""), Table.Cell(parcel.country), Table.Cell(parcel.units),
                    .time(parcel.packedAt, console), Table.Cell(parcel.packedBy),
                ])
            }
            try console.show(table)
            console.note("Send them: aftercare ship --all --carrier CARRIER")
        }
    }
}
