/// What is wrong with the contract, and in which of its files.
struct ContractError: Error, CustomStringConvertible {
    let description: String

    init(file: String, _ text: String) { description = "\(file): \(text)" }
}
