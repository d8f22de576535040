/// What happens while a matrix is planned, as the user interface sees it.
public enum PlanningEvent: Sendable {
    /// Progress: what is fetched, read or built.
    case preparing(String)
    case warning(String)
    /// A detail that is shown only with --verbose.
    case detail(String)
}
