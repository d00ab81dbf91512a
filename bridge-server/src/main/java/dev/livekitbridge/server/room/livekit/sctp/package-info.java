/**
 * SCTP over DTLS with data channels, as a machine without I/O (RFC 9260, 3758, 6525, 8261, 8831,
 * 8832, 9653).
 *
 * <p>How to drive it, on one thread, with DTLS beneath:
 *
 * <pre>{@code
 * SctpOptions options = SctpOptions.builder(dtlsClient).port(5000).build();
 * SctpAssociation sctp = new SctpAssociation(options, listener, secureRandom);
 * int reliable = sctp.open(DataChannelConfig.reliable("_reliable"), now());
 * sctp.start(now());                           // when DTLS is up; both sides may
 * flush();
 *
 * onDtlsData(bytes) -> { sctp.receive(bytes, now()); flush(); }
 * send(message)     -> { sctp.send(reliable, message, true, now()); flush(); }
 * onTimer()         -> { sctp.onTimeout(now()); flush(); }
 *
 * void flush() {
 *   for (ByteBuffer packet; (packet = sctp.poll(now())) != null; ) {
 *     dtls.send(packet);                       // before the next poll: the buffer is used again
 *   }
 *   timer.setTo(sctp.deadlineNanos());         // Long.MAX_VALUE: none
 * }
 * }</pre>
 *
 * <ul>
 *   <li>Channels can be opened and written before the association is up: what is sent waits.
 *   <li>{@code message} lends the bytes out: copy what outlives the call.
 *   <li>{@code send} answers false for a full buffer; {@code writable} tells when to go on.
 *   <li>A burst of {@code send} calls with one {@code flush} after it shares packets.
 *   <li>{@code close} delivers what was accepted and shuts down; {@code abort} ends at once. Flush
 *       after both.
 *   <li>DTLS replay or loss, consent and the path are ICE's and DTLS's: the association gives up
 *       only after some 50 s of silence.
 * </ul>
 */
@NullMarked
package dev.livekitbridge.server.room.livekit.sctp;

import org.jspecify.annotations.NullMarked;
