/// The numbers both sides of the control channel agree on.
///
/// The channel is a virtio-serial port. The guest speaks first (`hello`), the host answers with a plan, the guest streams
/// evidence and says farewell. A guest that was brought back from a snapshot has said its hello in another life: there the host speaks
/// first (`WakeCall`), both sides count their frames from 0, and the guest says hello again. A frame is a 20-byte header and a payload:
///
///     offset size
///          0    4  magic "KMX1"
///          4    1  kind of message
///          5    3  zero
///          8    4  sequence number, little endian, from 0 by one in each direction
///         12    4  payload length in bytes, little endian, at most `maximumPayload`
///         16    4  CRC-32 (IEEE 802.3) of the payload, little endian
///
/// After `farewell` the *host closes the channel*, and the guest switches off when it sees that. A write to the port comes back once the
/// bytes are in the queue to the emulator, which may hold megabytes (measured: 4 MiB were lost when the guest switched off at once);
/// the host's closing is the only sign that they arrived. Without it the guest waits for `farewellGrace`.
///
/// Integers inside payloads are little endian; text is UTF-8 behind a 32-bit byte count.
public enum WireFormat {
    /// The version of the contract; a guest of another version is refused.
    public static let version: UInt32 = 5
    public static let magic: [UInt8] = Array("KMX1".utf8)
    public static let headerSize = 20
    /// The largest payload of one frame, in bytes.
    public static let maximumPayload = 256 * 1024
    /// The name of the virtio-serial port that carries the control channel.
    public static let controlPort = "org.kmatrix.control"
    /// The most a guest may send of one evidence item, in bytes. The sender cuts there and says so; the receiver enforces it.
    public static let maximumItem = 4 * 1024 * 1024
    /// The most a guest may send altogether, in bytes.
    public static let maximumTotal = 64 * 1024 * 1024
    /// How long a guest waits after its farewell for the host to close the channel, in milliseconds.
    public static let farewellGrace: UInt64 = 5_000
}
