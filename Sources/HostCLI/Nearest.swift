/// The name that somebody meant who mistyped it.
enum Nearest {
    /// Of some names the one that the fewest letters make of another, and how many; nil where there are no names.
    static func of(_ names: some Collection<String>, to other: String) -> (name: String, distance: Int)? {
        names.map { (name: $0, distance: distance($0, other)) }.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
    }

    /// How many letters have to be put in, taken out or changed to make one name of another.
    private static func distance(_ one: String, _ other: String) -> Int {
        let other = Array(other)
        var row = Array(0...other.count)
        for (index, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in other.indices {
                let kept = diagonal + (letter == other[place] ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(kept, row[place] + 1, diagonal + 1)
            }
        }
        return row[other.count]
    }
}
