package import Commerce

/// What a shopper is shown of a product beside its name and its price, and what the law has a shop say of a cosmetic.
package struct ProductDetails: Sendable, Hashable {
    /// A picture, wherever the shop keeps it.
    package struct Picture: Sendable, Hashable {
        /// An absolute `https` address.
        package let url: String
        /// What is on it, for whoever can't see it.
        package let alternativeText: String
        /// In pixels.
        package let width: Int
        package let height: Int
    }

    /// Who answers for a product by law.
    package struct ResponsiblePerson: Sendable, Hashable {
        package let name: String
        package let addressLines: [String]
        /// An e-mail or a web address.
        package let contact: String
    }

    package internal(set) var media: [Picture] = []
    /// As the label has them; nil where nobody has said.
    package var ingredients: String?
    /// A sentence each.
    package var warnings: [String] = []
    /// Nil where nobody is named.
    package var responsible: ResponsiblePerson?
    /// The texts in other languages than English.
    package internal(set) var translations: [ProductTexts] = []
    /// Whether it is sealed for hygiene: whoever withdraws can give it back only while the seal is unbroken. What a kit
    /// holds is not looked at: `Catalog.isSealed` does that.
    package internal(set) var isSealed = false
}

/// What is read of a product, in one language.
package struct ProductTexts: Sendable, Hashable {
    /// The language of a product's own texts.
    package static let originalLanguage = "en"

    /// Such as `en` or `pt-BR`.
    package let language: String
    package let name: String
    package let description: String
    package let warnings: [String]
    /// Of each picture, in their order.
    package let alternativeTexts: [String]
}

extension Product {
    /// Its own texts, in English.
    var originalTexts: ProductTexts {
        ProductTexts(
            language: ProductTexts.originalLanguage,
            name: name,
            description: description,
            warnings: details.warnings,
            alternativeTexts: details.media.map(\.alternativeText)
        )
    }

    /// Its texts in a language; in English where there is no translation, or it lacks something that the English says.
    package func texts(in language: String) -> ProductTexts {
        let original = originalTexts
        return details.translations.first { $0.language == language && $0.isWhole(beside: original) } ?? original
    }
}

extension ProductTexts {
    /// Whether it says all that the English texts say, part by part.
    func isWhole(beside original: ProductTexts) -> Bool {
        description.isEmpty == original.description.isEmpty && warnings.count == original.warnings.count
            && alternativeTexts.count == original.alternativeTexts.count
    }
}

/// What bringing one unit of a product to a country costs at the least.
package struct ProductDelivery: Sendable, Equatable {
    package let country: Country
    /// By the cheapest method; without tax where the country's prices are. Nil where no method brings it there.
    package let from: Money?

    /// - Parameter price: of one unit, in the currency that the delivery is paid in.
    package init(of product: Product, at price: Money, to country: Country, in catalog: Catalog) {
        self.country = country
        let methods = catalog.terms.shipping
        let prices = methods.compactMap { method in
            method.price(
                country: country,
                currency: price.currency,
                weightGrams: catalog.weight(of: product),
                value: price.amount
            )
        }
        // A shop without methods charges nothing for what it does not offer.
        from = (methods.isEmpty ? 0 : prices.min()).map { Money($0, price.currency) }
    }
}
