import Orders
import Testing

struct GivenNameTests {
    @Test(
        arguments: [
            ("Ada Example", "Ada"), ("Smith, John", "John"), ("Dr. Anna Berg", "Anna"), ("Berg, Dr. Anna", "Anna"),
            ("Prof. Dr. med. Karl Weiß", "Karl"), ("Mr John Smith", "John"), ("Mx. Sam Doe", "Sam"),
            ("Madonna", "Madonna"),
            ("  Ada   Example ", "Ada"), ("John Smith, PhD", "John"), ("Smith, John, Jr.", "John"), ("Dr.", "Dr."),
            ("van der Berg, Anneke", "Anneke"), ("Oluwaseun Adébáyọ̀", "Oluwaseun"), ("李 小龍", "李"), ("Ma Ngoc", "Ma"),
            (",", ","),
            ("Frau Müller", "Müller"), ("DR ANNA BERG", "ANNA"), ("M. Dupont", "Dupont"), ("Smith,", "Smith"),
            (", John", "John"),
        ]
    )
    func nameIsCalledBy(name: String, given: String) { #expect(GivenName.guess(name) == given, "\(name)") }
}
