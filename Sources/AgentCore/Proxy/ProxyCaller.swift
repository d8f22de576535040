/// Whose a connection is, found out once when it is accepted.
final class ProxyCaller {
    let destination: Endpoint
    let claims: CallerClaims
    /// What the destination is of the platform's; nil for nothing.
    let service: PlatformService?
    /// The value of the claims header.
    let header: String

    init(_ entry: AuditEntry, _ context: ProxyContext) {
        destination = entry.destination
        claims = context.parts.identify(entry, context.users)
        service = context.serviceOf(entry.destination)
        header = claims.headerValue
    }
}
