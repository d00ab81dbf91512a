package dev.livekitbridge.server.room.livekit.sctp;

import java.util.random.RandomGenerator;

/** The transmission control block (RFC 9260 section 14): what exists while established. */
final class Tcb {
  final int localTag;
  int peerTag;
  final boolean zeroChecksum;
  final RetransmissionTimeout rto;
  final Sender sender;
  final Acknowledger acknowledger;
  final Receiver receiver;
  final StreamReset reset;
  final Heartbeat heartbeat;

  Tcb(
      SctpOptions options,
      InitChunk peer,
      int localTag,
      int localTsn,
      SendQueue queue,
      DataChannels channels,
      RandomGenerator random,
      long now) {
    this.localTag = localTag;
    this.peerTag = peer.tag();
    this.zeroChecksum = options.zeroChecksum && peer.zeroChecksum();
    this.rto = new RetransmissionTimeout(options);
    this.sender = new Sender(options, peer, localTsn, queue, rto, now);
    this.acknowledger = new Acknowledger(options.sackDelayNanos);
    this.receiver = new Receiver(options, peer.initialTsn(), channels, acknowledger);
    this.reset = new StreamReset(channels, receiver, rto, peer, localTsn);
    this.heartbeat = new Heartbeat(options, rto, random, now);
  }

  /** Fills a packet with all that is due. */
  void fill(PacketWriter out, boolean dataAllowed, long now) {
    boolean data = dataAllowed && sender.wantsToSend();
    if (acknowledger.due() || (data && acknowledger.pending())) {
      acknowledger.write(out, receiver);
    }
    heartbeat.write(out, now);
    if (data) {
      sender.fill(out, now);
    }
    if (dataAllowed) {
      reset.write(out, sender.lastAssignedTsn(), now);
    }
  }

  long deadline() {
    long deadline = sender.timer().earlier(Timer.NONE);
    deadline = acknowledger.timer().earlier(deadline);
    deadline = reset.timer().earlier(deadline);
    return heartbeat.timer().earlier(deadline);
  }

  /** Returns false if the peer has to be given up. */
  boolean onTimeout(long now) {
    boolean alive = true;
    if (acknowledger.timer().take(now)) {
      acknowledger.overdue();
    }
    if (sender.timer().take(now)) {
      alive = sender.onTimeout(now);
    }
    if (reset.timer().take(now)) {
      alive &= reset.onTimeout();
    }
    if (heartbeat.timer().take(now)) {
      alive &= heartbeat.onTimeout(now);
    }
    return alive;
  }
}
