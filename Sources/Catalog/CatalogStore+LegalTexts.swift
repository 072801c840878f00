import Commerce
import Postgres

extension CatalogStore {
    /// The shop's legal texts as they stood at a version of the catalog, in the file's order; as they stand now for nil.
    package func legalTexts(version: Int64? = nil) async throws -> [LegalText] {
        let texts = try await pool.read(
            Query(
                each: Statement(
                    """
                    SELECT entry->>'kind' AS kind, entry->>'language' AS language, entry->>'country' AS country,
                        entry->>'text' AS text
                    FROM (
                        SELECT document FROM catalog_revision WHERE $1::bigint IS NULL OR version <= $1
                        ORDER BY version DESC LIMIT 1
                    ) AS revision
                    CROSS JOIN jsonb_array_elements(document->'legalTexts') WITH ORDINALITY AS entries (entry, position)
                    ORDER BY position
                    """,
                    version
                )
            ) { row in
                try LegalText.Kind(rawValue: row.value("kind")).map { kind in
                    LegalText(
                        kind: kind,
                        language: try row.value("language"),
                        country: try row.optional("country"),
                        text: try row.value("text")
                    )
                }
            }
        )
        return texts.compactMap(\.self)
    }

    /// The text of an id, whether it is still in force or not; nil where there never was one.
    package func legalText(id: String) async throws -> String? {
        try await pool.read(
            Query(first: Statement("SELECT text FROM legal_text WHERE id = $1", id)) {
                try $0.value("text", as: String.self)
            }
        )
    }
}
