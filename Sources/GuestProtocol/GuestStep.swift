/// One thing a guest does on its plan's behalf.
public enum GuestStep: Hashable, Sendable {
    /// Starts the agent and waits until its status settles or its deadline passes.
    case startAgent
    /// Ends the agent by a signal and waits until it is gone.
    case stopAgent(signal: Int32)
    case pause(milliseconds: UInt32)
    /// Requests one after the other, those of one user and executable from one process.
    case clients([ClientSpec])
    /// So many of each at the same time, from one process for each specification.
    case burst([ClientSpec], count: UInt32)
    /// Connects; the requests follow at `finish`.
    case open([ClientSpec])
    /// Sends the requests of the connections that were opened, and reports.
    case finish
    /// Accepts connections there for the rest of the plan: four or sixteen octets.
    case listen(address: [UInt8], port: UInt16)
    case write(path: String, content: [UInt8], mode: UInt32)
    case remove(path: String)
    case command(CommandSpec)
    /// Reports everything below a path.
    case list(path: String)
    /// Sends `status.json` as it is now, as this item.
    case status(EvidenceItem)
    /// Waits until a file is there, but no longer than so.
    case await(path: String, milliseconds: UInt32)
    /// Waits until `status.json` was written again, but no longer than so. Ends at once where settling words ended the last start's waiting.
    case awaitStatus(milliseconds: UInt32)

    /// The clients whose reports this step promises.
    public var clients: [ClientSpec] {
        switch self {
        case .clients(let specs), .open(let specs): specs
        case .burst(let specs, let count): specs.flatMap { spec in (0..<count).map(spec.member) }
        default: []
        }
    }
}
