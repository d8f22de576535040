/// What happens while a matrix is planned, as the user interface sees it.
public enum PlanningEvent: Sendable {
    /// Words about what is fetched, read or built.
    case preparing(String)
    case warning(String)
    /// What only those want to read who ask for it.
    case detail(String)
}
