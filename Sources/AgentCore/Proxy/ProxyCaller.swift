/// The client of a connection, determined once when it is accepted.
final class ProxyCaller {
    let destination: Endpoint
    let claims: CallerClaims
    /// The platform's service at the destination; nil for any other destination.
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
