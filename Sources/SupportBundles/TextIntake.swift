/// A text. It is kept within the limits, and one that may hold a key is not kept.
final class TextIntake: Intake {
    private let name: String?
    private var text: BundleText

    init(_ name: String, _ contents: inout BundleContents) {
        self.name = contents.accepted(name)
        text = contents.newText()
    }

    func add(_ bytes: ArraySlice<UInt8>, to contents: inout BundleContents) {
        if name != nil { text.add(bytes) }
    }

    func finish(_ contents: inout BundleContents) {
        if let name { contents.append(name, text) }
    }
}
