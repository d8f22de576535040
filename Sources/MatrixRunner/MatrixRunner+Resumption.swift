import EvidenceStore
import MatrixModel
import MatrixPlanning
import QEMUGuest

extension MatrixRunner {
    /// The cells that an interrupted run finished, and the cells still to run.
    struct ResumedCells {
        var kept: [CellRecord] = []
        var cells: [PlannedCell] = []
        /// Warnings for the run's record.
        var warnings: [String] = []
        /// The artefacts that were prepared to compare inputs.
        var prepared: PreparedArtefacts
    }

    /// Keeps the finished cells whose inputs are unchanged, and clears the folders of the other cells of a plan.
    ///
    /// All finished cells are compared before any cell runs, because the remaining cells determine which boots share a snapshot.
    /// - Parameter context: Called with a kernel of each architecture, if there are inputs to compare.
    /// - Throws: `StoreError`, `CancellationError`, or an error of `context`.
    func takeUp(
        _ resumption: RunResumption, _ plan: MatrixPlan, _ preparer: ArtefactPreparer, context: (PreparedKernel) async throws -> CellContext
    ) async throws -> ResumedCells {
        let finished = Dictionary(resumption.finished.map { ($0.id, $0) }) { first, _ in first }
        let compared = plan.cells.filter { finished[$0.cell.id.text]?.inputs != nil }
        var taken = ResumedCells(prepared: try await preparer.prepare(compared))
        var today: [Architecture: CellContext] = [:]
        for kernel in taken.prepared.anyKernels { today[kernel.architecture] = try await context(kernel) }
        var changed: [String: [CellID]] = [:]
        for planned in plan.cells {
            let id = planned.cell.id
            if let record = finished[id.text] {
                guard
                    let change = lack(of: record, planned)
                        ?? today[planned.cell.architecture].flatMap({ change(of: record, planned, taken.prepared, $0, since: resumption.run) })
                else {
                    taken.kept.append(record)
                    continue
                }
                changed[change, default: []].append(id)
            }
            try resumption.clear(id)
            taken.cells.append(planned)
        }
        taken.warnings = changed.sorted { $0.key < $1.key }.map { change, ids in
            let names = ids.prefix(6).map(\.text).joined(separator: ", ") + (ids.count > 6 ? ", and \(ids.count - 6) more" : "")
            return "running \(names) again: \(change)"
        }
        taken.warnings.forEach { events(.warning($0)) }
        events(.preparing("resumed: keeping \(taken.kept.count) finished cells"))
        return taken
    }

    /// In which way a finished cell was proven less thoroughly than this plan requires; nil if it was not.
    private func lack(of record: CellRecord, _ planned: PlannedCell) -> String? {
        guard let burst = record.burst, burst < planned.burst else { return nil }
        return "its burst had \(burst) clients, --proof \(planned.tier.rawValue) sends \(planned.burst)"
    }

    /// What has changed in the inputs of a finished cell; nil if nothing has. Also nil if that is unknown, because the record has no digest of
    /// inputs or an artefact is not available any more.
    private func change(
        of record: CellRecord, _ planned: PlannedCell, _ prepared: PreparedArtefacts, _ today: CellContext, since run: RunRecord?
    ) -> String? {
        guard let before = record.inputs, case .success(let artefacts)? = prepared.artefacts(for: planned),
            let now = today.inputs.digest(of: planned, artefacts, today, burst: record.burst), now != before
        else { return nil }
        var known: [String] = []
        if let then = run?.harness, then != harness { known.append("kmatrix was \(then), now \(harness)") }
        if let then = run?.accelerator, then != today.accelerator.rawValue { known.append("accelerator was \(then), now \(today.accelerator.rawValue)") }
        return known.isEmpty
            ? "its inputs have changed (kernel, agent, program, image, scenario, emulator or kmatrix itself)" : known.joined(separator: "; ")
    }
}
