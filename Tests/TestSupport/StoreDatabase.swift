import Catalog
import Postgres
import Schema

extension DatabaseTrait {
    /// Everything that a store needs: the schema and the demo catalog.
    package static let store = DatabaseTrait(
        template: "template_store",
        prepare: { pool in
            _ = try await Migrator(Schema.migrations).migrate(pool)
            try await CatalogFile(CatalogFile.demoBytes).load(into: pool)
        }
    )
}
