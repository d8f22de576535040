import ArgumentParser
import EvidenceStore
import MatrixModel

/// What a bisection came to. The member names are a contract; they stay.
struct EncodedBoundary: Encodable {
    struct Place: Encodable {
        let below: String
        let above: String
    }

    enum Outcome: String, Encodable {
        case boundary, uniform, undecided
        case severalChanges = "several-changes"
    }

    let schema = 1
    let outcome: Outcome
    /// The cause that was sought; null for any that makes a cell incompatible.
    let cause: String?
    /// Where it changes: none, one, or several.
    let changes: [Place]
    /// Kernels between the two that could not be judged.
    let unproven: [String]
    /// Whether it was found on the oldest kernel; null where nothing was.
    let onOldest: Bool?
    let boots: Int
    let kernels: Int
    let folder: String
    let cells: [CellRecord]

    init(_ search: BoundarySearch, kernels: [KernelIdentity], cause: String?, records: [CellRecord], folder: String) {
        func place(_ change: BoundarySearch.Change) -> Place { Place(below: kernels[change.below].description, above: kernels[change.above].description) }
        self.cause = cause
        self.folder = folder
        self.kernels = kernels.count
        boots = records.count
        cells = records
        var unproven: [String] = []
        switch search.next {
        case .done(.boundary(let below, let above, let first)):
            outcome = .boundary
            changes = [place(BoundarySearch.Change(below: below, above: above))]
            unproven = kernels[(below + 1)..<above].map(\.description)
            onOldest = first == .yes
        case .done(.uniform(let answer)):
            outcome = .uniform
            changes = []
            onOldest = answer == .yes
        case .done(.severalChanges(let found)):
            outcome = .severalChanges
            changes = found.map(place)
            onOldest = nil
        case .done(.undecided), .ask:
            outcome = .undecided
            changes = []
            onOldest = nil
        }
        self.unproven = unproven
    }

    var exitCode: ExitCode {
        switch outcome {
        case .boundary: ExitCodes.asExpected
        case .severalChanges: ExitCodes.againstExpectation
        case .uniform, .undecided: ExitCodes.notProven
        }
    }

    var text: String {
        let what = cause ?? "incompatible"
        let cost = "\(boots) boots for \(kernels) kernels; evidence in \(folder)"
        switch outcome {
        case .boundary:
            let (yes, no) =
                onOldest == true ? ("up to \(changes[0].below)", "from \(changes[0].above) on") : ("from \(changes[0].above) on", "up to \(changes[0].below)")
            let gap = unproven.isEmpty ? "" : "\nBetween them nothing could be proven of \(unproven.joined(separator: ", "))."
            return "\(what): \(yes); not so \(no).\(gap)\n\(cost)"
        case .uniform:
            return
                "\(what): \(onOldest == true ? "on the oldest kernel and on the newest" : "neither on the oldest kernel nor on the newest"), so there is "
                + "no boundary to find.\n\(cost)"
        case .severalChanges:
            return "\(what): changes more than once: \(changes.map { "between \($0.below) and \($0.above)" }.joined(separator: ", ")).\n\(cost)"
        case .undecided: return "\(what): too little could be proven.\n\(cost)"
        }
    }
}
