/// Suggests the word that was probably meant.
enum Spelling {
    /// "did you mean 'X'?" for a known word close to the given one; nil when none is close.
    static func hint(for word: String, among known: [String]) -> String? {
        let limit = max(1, word.count / 3)
        let close = known.map { (word: $0, distance: distance(word, $0)) }.filter { $0.distance <= limit }
        let best = close.min { ($0.distance, $0.word) < ($1.distance, $1.word) }?.word ?? known.filter { word.count > 3 && $0.hasPrefix(word) }.min()
        return best.map { "did you mean '\($0)'?" }
    }

    /// The number of characters to insert, delete or replace (Levenshtein).
    static func distance(_ one: String, _ other: String) -> Int {
        let (left, right) = (Array(one), Array(other))
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (right[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
