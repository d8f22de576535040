import Foundation
import MatrixModel
import MatrixPlanning
import StrictYAML

/// A matrix file: blocks of cells, exclusions and expectations. The article Matrices documents the keys.
struct MatrixFile {
    let name: String
    let blocks: [MatrixBlock]
    let exclusions: [CellPattern]
    let expectations: Expectations

    /// - Parameter today: Decides which expectations still hold; nil for today in UTC.
    /// - Throws: `YAMLError` with the line of what is wrong, or without one for a file that cannot be read.
    init(path: String, today: CalendarDay? = nil) throws {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw YAMLError(source: path, line: nil, reason: "cannot read the matrix file; check the path")
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), source: path, today: today)
    }

    init(parsing text: String, source: String, today: CalendarDay? = nil) throws {
        let document = try YAMLNode(parsing: text, source: source)
        try document.allow("name", "cells", "exclude", "expectations")
        guard let name = try document.text("name"), !name.isEmpty else { throw document.error("'name' is missing; give the matrix a name") }
        self.name = name
        let blocks = try document.list("cells")
        guard !blocks.isEmpty else {
            throw document.error("'cells' is missing; add a list of blocks, each with the axes of a run (kernel, distro, cgroup, ...)")
        }
        self.blocks = try blocks.map(Self.block)
        exclusions = try document.list("exclude").map { entry in
            try entry.allow("cells", "reason")
            guard let cells = try entry.text("cells"), let reason = try entry.text("reason"), !reason.isEmpty else {
                throw entry.error("an exclusion needs 'cells' (a cell id, * for any text) and 'reason'")
            }
            do { return try CellPattern(parsing: cells) } catch { throw entry.error("\(error)") }
        }
        expectations = try Expectations(document.list("expectations"), today: today ?? .today())
    }

    private static func block(_ node: YAMLNode) throws -> MatrixBlock {
        try node.allow(Axis.allCases.map(\.rawValue))
        var written: [Axis: [MatrixBlock.Text]] = [:]
        for axis in Axis.allCases {
            guard let value = node[axis.rawValue] else { continue }
            // One value needs no list.
            let values = value.string == nil ? try node.list(axis.rawValue) : [value]
            guard !values.isEmpty else { throw value.error("'\(axis.rawValue)' is empty; remove it or add a value") }
            written[axis] = try values.map { value in
                guard let text = value.string, !text.isEmpty else { throw value.error("not a text; write a value as for --\(axis.rawValue)") }
                return MatrixBlock.Text(text) { $0 is CancellationError || $0 is YAMLError ? $0 : value.error("\(axis.rawValue): \($0)") }
            }
        }
        let block = MatrixBlock(written, name: { "'\($0.rawValue)'" }, report: { node.error($0) })
        try block.check()
        return block
    }
}
