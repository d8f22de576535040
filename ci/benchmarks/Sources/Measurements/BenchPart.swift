/// The parts of a whole measurement, in the order in which they are measured; `ci/bench all` knows the same.
public enum BenchPart: String, Codable, CodingKeyRepresentable, CaseIterable, Sendable {
    case cell, matrix, peer, agent, plan, judge, history, report, diagnose

    /// What became of one.
    public enum Outcome: Hashable, Sendable {
        case measured(Measurement, seconds: Double)
        /// It could not be measured here.
        case absent(reason: String)
        case notAskedFor
    }

    /// What each part's command prints as JSON.
    public struct Measurement: Codable, Hashable, Sendable {
        public let ratios: [MeasuredRatio]
        public let figures: RawFigures

        public init(ratios: [MeasuredRatio], figures: RawFigures) {
            self.ratios = ratios
            self.figures = figures
        }
    }
}

extension BenchPart.Outcome: Codable {
    private enum State: String, Codable {
        case measured, absent
        case notAskedFor = "not-asked-for"
    }

    private enum CodingKeys: String, CodingKey { case state, reason, seconds, ratios, figures }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        switch try values.decode(State.self, forKey: .state) {
        case .measured: self = .measured(try BenchPart.Measurement(from: decoder), seconds: try values.decode(Double.self, forKey: .seconds))
        case .absent: self = .absent(reason: try values.decode(String.self, forKey: .reason))
        case .notAskedFor: self = .notAskedFor
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .measured(let measurement, let seconds):
            try values.encode(State.measured, forKey: .state)
            try values.encode(seconds, forKey: .seconds)
            try values.encode(measurement.ratios, forKey: .ratios)
            try values.encode(measurement.figures, forKey: .figures)
        case .absent(let reason):
            try values.encode(State.absent, forKey: .state)
            try values.encode(reason, forKey: .reason)
        case .notAskedFor: try values.encode(State.notAskedFor, forKey: .state)
        }
    }
}
