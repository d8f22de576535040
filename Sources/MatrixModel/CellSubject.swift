/// The subject of a record: a cell, or the requested axes where no kernel was found.
@dynamicMemberLookup
public enum CellSubject: Hashable, Sendable {
    case cell(Cell)
    case asked(AskedCell)

    /// The cell; nil where no kernel was found.
    public var cell: Cell? { if case .cell(let cell) = self { cell } else { nil } }

    public var axes: CellAxes {
        switch self {
        case .cell(let cell): cell.axes
        case .asked(let asked): asked.axes
        }
    }

    public var id: CellID {
        switch self {
        case .cell(let cell): cell.id
        case .asked(let asked): asked.id
        }
    }

    /// The kernel's, or the one that was asked for; nil for a selector that names none.
    public var series: KernelSeries? {
        switch self {
        case .cell(let cell): cell.kernel.series
        case .asked(let asked): asked.series
        }
    }

    public var flavour: KernelFlavour {
        switch self {
        case .cell(let cell): cell.kernel.flavour
        case .asked(let asked): asked.flavour
        }
    }

    public subscript<Value>(dynamicMember axis: KeyPath<CellAxes, Value>) -> Value { axes[keyPath: axis] }
}
