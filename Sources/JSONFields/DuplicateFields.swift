import FoundationEssentials

/// Finds fields that stand twice in one object of a JSON document. The document is known to be well formed.
struct DuplicateFields {
    /// An object or a list that is not closed yet.
    private struct Level {
        let isObject: Bool
        var names: Set<String> = []
        /// Of the member or element that is being read.
        var current = ""
        var index = 0
        var awaitsName: Bool

        /// Where the member or element is in it, as a part of a JSON Pointer.
        var place: String {
            isObject ? current.replacing("~", with: "~0").replacing("/", with: "~1") : "\(index)"
        }
    }

    /// Their places, as JSON Pointers, in the order in which they stand: so many of them as are told of one document.
    static func pointers(in bytes: [UInt8]) -> [String] {
        var found: [String] = []
        var levels: [Level] = []
        var place = 0
        while place < bytes.count, found.count < Fields.problemsMax {
            switch bytes[place] {
            case UInt8(ascii: "{"): levels.append(Level(isObject: true, awaitsName: true))
            case UInt8(ascii: "["): levels.append(Level(isObject: false, awaitsName: false))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = levels.popLast()
            case UInt8(ascii: ",") where !levels.isEmpty:
                levels[levels.count - 1].index += 1
                levels[levels.count - 1].awaitsName = levels[levels.count - 1].isObject
            case UInt8(ascii: "\""):
                let start = place
                place += 1
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard levels.last?.awaitsName == true, place < bytes.count else { break }
                let name = name(bytes[start...place])
                levels[levels.count - 1].awaitsName = false
                levels[levels.count - 1].current = name
                if !levels[levels.count - 1].names.insert(name).inserted {
                    found.append(levels.map { "/" + $0.place }.joined())
                }
            default: break
            }
            place += 1
        }
        return found
    }

    /// A name as it is meant: the same one may be written with escapes or without.
    private static func name(_ quoted: ArraySlice<UInt8>) -> String {
        if !quoted.contains(UInt8(ascii: "\\")) {
            return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        }
        return (try? JSONDecoder().decode(String.self, from: Data(quoted))) ?? String(decoding: quoted, as: UTF8.self)
    }
}
