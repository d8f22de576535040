import Glibc

/// An address of the guest's network and the Unix socket behind it.
struct Forward {
    let address: in_addr
    let port: Int32
    let socket: String

    /// - Parameter text: `ADDRESS:PORT=SOCKET`. Nil when it is not.
    init?(parsing text: String) {
        let sides = text.split(separator: "=", maxSplits: 1)
        let place = sides.first?.split(separator: ":") ?? []
        guard sides.count == 2, place.count == 2, let port = UInt16(place[1]), port > 0 else { return nil }
        var address = in_addr()
        guard inet_pton(AF_INET, String(place[0]), &address) == 1 else { return nil }
        self.address = address
        self.port = Int32(port)
        socket = String(sides[1])
    }
}
