import Diagnosis
import Guidance
import MatrixModel
import MatrixReport

/// A prediction as JSON and text. The member names are a contract; they stay.
struct EncodedPrediction: Encodable {
    struct Program: Encodable {
        let name: String
        let section: String
        let type: String?
        let floor: String?
        let relocations: Int
        let unknownHelpers: [Int]
        /// What is wrong with it on any kernel.
        let faults: [String]
    }

    struct Feature: Encodable {
        let feature: String
        let since: String
        let source: String
        let neededBy: [String]

        init(_ need: BPFObject.Need) {
            feature = need.feature.name
            since = need.feature.since.description
            source = need.feature.source
            neededBy = need.by
        }
    }

    struct Kernel: Encodable {
        let series: String
        let predicted: String
        /// `lacks a feature (since N)`, `wrong on any kernel`, `not known here`, or `loads`.
        let answer: String
        let missing: [Feature]
        let observed: [String]
        let contradicted: Bool

        init(_ prediction: Prediction) {
            series = prediction.series.description
            predicted = prediction.predicted?.rawValue ?? "unknown"
            answer = prediction.answer?.words ?? "loads"
            missing = prediction.missing.map(Feature.init)
            observed = prediction.observed.map(\.rawValue)
            contradicted = prediction.isContradicted
        }
    }

    let schema = 1
    let object: String
    /// Null where something is used that is not known here.
    let floor: String?
    let hasTypes: Bool
    let programs: [Program]
    let features: [Feature]
    let kernels: [Kernel]

    init(name: String, _ object: BPFObject, _ predictions: [Prediction]) {
        self.object = name
        floor = object.floor?.description
        hasTypes = object.hasTypes
        programs = object.programs.map {
            Program(
                name: $0.name, section: $0.section, type: $0.type?.rawValue, floor: $0.floor?.description, relocations: $0.relocations,
                unknownHelpers: $0.unknownHelpers,
                faults: $0.faults.map { words in VerifierRule(words: words).map { "\(words): \($0.reason)" } ?? words })
        }
        features = object.needs.map(Feature.init)
        kernels = predictions.map(Kernel.init)
    }

    var text: String {
        let header = "\(object): \(floor.map { "mainline \($0) and later" } ?? "uses something that is not known here, so no floor is given")"
        let programRows = [["program", "section", "since"]] + programs.map { [$0.name, $0.section, $0.floor ?? "?"] }
        let featureRows = [["needs", "since", "by", "source"]] + features.map { [$0.feature, $0.since, $0.neededBy.joined(separator: ", "), $0.source] }
        let isCompared = kernels.contains { !$0.observed.isEmpty }
        let faults = programs.flatMap { program in program.faults.map { "\(program.name): \($0) That is wrong on any kernel." } }
        let kernelRows =
            [["series", "predicted", "answer", "lacks"] + (isCompared ? ["observed"] : [])]
            + kernels.map { kernel in
                let counts = ["loaded", "refused"].compactMap { fate in
                    let count = kernel.observed.count { $0 == fate }
                    return count > 0 ? "\(fate) (\(count))" : nil
                }
                let observed = counts.isEmpty ? "-" : counts.joined(separator: ", ") + (kernel.contradicted ? "  FINDING" : "")
                return [kernel.series, kernel.predicted, kernel.answer, kernel.missing.isEmpty ? "-" : kernel.missing.map(\.feature).joined(separator: "; ")]
                    + (isCompared ? [observed] : [])
            }
        return [([header] + faults).joined(separator: "\n"), TextColumns.render(programRows), TextColumns.render(featureRows), TextColumns.render(kernelRows)]
            .joined(separator: "\n\n") + "\n"
    }
}
