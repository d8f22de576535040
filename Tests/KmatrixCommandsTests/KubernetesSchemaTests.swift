import Foundation
import TestSupport
import Testing
import Yams

/// The Kubernetes jobs against the API's own published schema, of which `Kubernetes/job.json` has the definitions that they use.
@Suite("Kubernetes jobs against the API's schema")
struct KubernetesSchemaTests {
    private typealias Object = [String: Any]

    /// Checks a document as far as JSON Schema is used there: types, properties, what is required, enumerations, references.
    private struct Schema {
        let definitions: Object

        init() throws {
            let url = try #require(Bundle.module.url(forResource: "Kubernetes/job", withExtension: "json"))
            definitions = try #require((JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? Object)?["definitions"] as? Object)
        }

        func troubles(_ value: Any, _ schema: Object, at place: String) -> [String] {
            if let name = schema["$ref"] as? String {
                guard let definition = definitions[name] as? Object else { return ["\(place): no definition \(name)"] }
                return troubles(value, definition, at: place)
            }
            if let choices = schema["oneOf"] as? [Object] {
                return choices.contains { troubles(value, $0, at: place).isEmpty } ? [] : ["\(place): is none of \(choices.count) types"]
            }
            var found: [String] = []
            let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] }
            if let types, !types.contains(Self.type(of: value)) { found.append("\(place): is \(Self.type(of: value)), not \(types)") }
            if let allowed = schema["enum"] as? [String], !allowed.contains("\(value)") { found.append("\(place): '\(value)' is not one of \(allowed)") }
            if let object = value as? Object { found += troubles(object, schema, at: place) }
            if let list = value as? [Any], let items = schema["items"] as? Object {
                for (index, item) in list.enumerated() { found += troubles(item, items, at: "\(place)[\(index)]") }
            }
            return found
        }

        private func troubles(_ object: Object, _ schema: Object, at place: String) -> [String] {
            var found = ((schema["required"] as? [String]) ?? []).filter { object[$0] == nil }.map { "\(place): \($0) is missing" }
            let properties = schema["properties"] as? Object
            for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                if let property = properties?[name] as? Object {
                    found += troubles(value, property, at: "\(place).\(name)")
                } else if let further = schema["additionalProperties"] as? Object {
                    found += troubles(value, further, at: "\(place).\(name)")
                } else if properties != nil {
                    found.append("\(place): \(name) is unknown")
                }
            }
            return found
        }

        private static func type(of value: Any) -> String {
            switch value {
            case is Bool: "boolean"
            case is Int: "integer"
            case is Double: "number"
            case is String: "string"
            case is [Any]: "array"
            case is Object: "object"
            default: "null"
            }
        }
    }

    private static func troubles(_ yaml: String) throws -> [String] {
        try Schema().troubles(try #require(try Yams.load(yaml: yaml)), ["$ref": "Job"], at: "job")
    }

    @Test("have what the API takes, and nothing else", arguments: ["fetch", "parts", "merge"])
    func jobs(name: String) throws {
        #expect(try Self.troubles(Repository.text("ci/cluster/kubernetes/\(name).yml")) == [])
    }

    /// Mistakes that the API would refuse, each of one word.
    @Test(
        "with a mistake do not pass",
        arguments: [
            ("completionMode", "completionsMode"), ("completions: 4", "completions: \"four\""), ("value: \"4\"", "value: 4"), ("kind: Job", "kind: CronJob"),
            ("apiVersion: batch/v1", "apiVersion: batch/v2"), ("- name: part\n", "- title: part\n"), ("mountPath: /runs", "path: /runs"),
            ("claimName", "claim"), ("template:", "pod:"),
            ("restartPolicy: Never", "restartPolicy: false"), ("memory: 4Gi", "memory: [4]"),
        ])
    func mistakes(right: String, wrong: String) throws {
        let text = try Repository.text("ci/cluster/kubernetes/parts.yml")
        let broken = text.replacing(right, with: wrong)
        #expect(broken != text)
        #expect(try !Self.troubles(broken).isEmpty, "\(wrong)")
    }
}
