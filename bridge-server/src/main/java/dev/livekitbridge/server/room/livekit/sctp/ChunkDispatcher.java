package dev.livekitbridge.server.room.livekit.sctp;

/**
 * Reads a packet and hands its chunks to those who know them: verification tags (RFC 9260 section
 * 8.5), packets out of the blue (section 8.4), unknown chunks (section 3.2).
 */
final class ChunkDispatcher {
  private static final int MOST_ECHOED = 1024;
  private static final int MOST_REPORTED = 256;

  private final SctpAssociation association;
  private final SctpOptions options;
  private final ControlQueue control;
  private final Setup setup;
  private final Shutdown shutdown;

  ChunkDispatcher(
      SctpAssociation association,
      SctpOptions options,
      ControlQueue control,
      Setup setup,
      Shutdown shutdown) {
    this.association = association;
    this.options = options;
    this.control = control;
    this.setup = setup;
    this.shutdown = shutdown;
  }

  void packet(PacketReader in, long now) {
    if (!in.portsAre(options.port)) {
      return;
    }
    boolean data = false;
    while (in.nextChunk()) {
      if (association.state() == State.GONE) {
        outOfTheBlue(in);
        return;
      }
      int type = in.type();
      if (!tagFits(in, type)) {
        return;
      }
      data |= type == Wire.DATA;
      if (!chunk(in, type, now)) {
        break;
      }
    }
    Tcb tcb = association.tcb();
    if (tcb != null) {
      tcb.acknowledger.packetDone(now);
      tcb.heartbeat.heard(now);
      tcb.reset.onReceived();
      if (data) {
        shutdown.onData(tcb, now);
      }
    }
    // Callbacks may have ended it.
    tcb = association.tcb();
    if (tcb != null) {
      shutdown.progress(tcb, now);
    }
  }

  private boolean tagFits(PacketReader in, int type) {
    Tcb tcb = association.tcb();
    int local = tcb == null ? setup.localTag() : tcb.localTag;
    int peer = tcb == null ? setup.peerTag() : tcb.peerTag;
    return switch (type) {
      case Wire.INIT -> in.tag() == 0 && in.firstChunk() && in.lastChunk();
      case Wire.ABORT, Wire.SHUTDOWN_COMPLETE ->
          (in.flags() & Wire.REFLECTED) == 0 ? in.tag() == local : peer != 0 && in.tag() == peer;
      // Its cookie says which tag it needs.
      case Wire.COOKIE_ECHO -> in.firstChunk();
      default -> in.tag() == local;
    };
  }

  /** Returns false if the rest of the packet must not be read. */
  private boolean chunk(PacketReader in, int type, long now) {
    Tcb tcb = association.tcb();
    switch (type) {
      case Wire.INIT -> {
        if (!shutdown.answersInit(tcb, now)) {
          setup.onInit(in, tcb, now);
        }
        return false;
      }
      case Wire.INIT_ACK -> {
        setup.onInitAck(in, now);
        return false;
      }
      case Wire.COOKIE_ECHO -> {
        return setup.onCookieEcho(in, tcb, now);
      }
      case Wire.COOKIE_ACK -> setup.onCookieAck(now);
      case Wire.ABORT -> {
        if (association.state() != State.CLOSED) {
          association.end(SctpCloseReason.PEER_ABORTED, causeOf(in));
        }
        return false;
      }
      case Wire.SHUTDOWN_COMPLETE -> {
        shutdown.onShutdownComplete();
        return false;
      }
      case Wire.ERROR -> {
        if (in.length() >= 4 && in.int32(0) >>> 16 == Wire.E_STALE_COOKIE) {
          setup.onStaleCookie(now);
        }
      }
      default -> {
        if (tcb != null) {
          return established(in, tcb, type, now);
        }
        if (type == Wire.SHUTDOWN_ACK) {
          reflect(in, Wire.SHUTDOWN_COMPLETE);
        }
        return false;
      }
    }
    return true;
  }

  private boolean established(PacketReader in, Tcb tcb, int type, long now) {
    switch (type) {
      case Wire.DATA -> {
        return data(in, tcb);
      }
      case Wire.SACK -> tcb.sender.onSack(in, now);
      case Wire.FORWARD_TSN -> {
        boolean taken = association.state().takesData() && in.length() >= 4;
        if (taken && !tcb.receiver.onForwardTsn(in.bytes(), in.start(), in.end())) {
          tooLong();
          return false;
        }
      }
      case Wire.HEARTBEAT -> {
        if (in.length() <= MOST_ECHOED && Wire.padded(in.length()) < options.mtu - 16) {
          control.add(tcb.peerTag, Chunks.of(Wire.HEARTBEAT_ACK, 0, in.copyValue()));
        }
      }
      case Wire.HEARTBEAT_ACK -> tcb.heartbeat.onAck(in, now);
      case Wire.RE_CONFIG -> tcb.reset.onChunk(in);
      case Wire.SHUTDOWN -> {
        if (in.length() >= 4) {
          shutdown.onShutdown(tcb, in.int32(0), now);
        }
      }
      case Wire.SHUTDOWN_ACK -> shutdown.onShutdownAck(tcb);
      case Wire.ECNE, Wire.CWR, Wire.PAD -> {
        // Nothing to do.
      }
      default -> {
        return unknown(in, tcb, type);
      }
    }
    return association.tcb() == tcb;
  }

  private boolean data(PacketReader in, Tcb tcb) {
    if (!association.state().takesData() || in.length() < 12) {
      return true;
    }
    if (in.length() == 12) {
      byte[] tsn = in.copy(in.start(), 4);
      control.clear();
      control.add(tcb.peerTag, Chunks.cause(Wire.ABORT, 0, Wire.E_NO_USER_DATA, tsn));
      association.end(SctpCloseReason.PROTOCOL_ERROR, "DATA without user data");
      return false;
    }
    if (!tcb.receiver.onData(in.bytes(), in.start(), in.end(), in.flags())) {
      tooLong();
      return false;
    }
    return association.tcb() == tcb;
  }

  private void tooLong() {
    Tcb tcb = association.tcb();
    if (tcb != null) {
      control.clear();
      control.add(tcb.peerTag, Chunks.cause(Wire.ABORT, 0, Wire.E_OUT_OF_RESOURCE, new byte[0]));
      association.end(
          SctpCloseReason.PROTOCOL_ERROR,
          "a message of the peer is longer than " + options.maxMessageBytes + " bytes");
    }
  }

  /** The two high bits of its type say what to do with an unknown chunk. */
  private boolean unknown(PacketReader in, Tcb tcb, int type) {
    if ((type & 0x40) != 0) {
      byte[] chunk = in.copyChunk(MOST_REPORTED);
      control.add(tcb.peerTag, Chunks.cause(Wire.ERROR, 0, Wire.E_UNRECOGNIZED_CHUNK, chunk));
    }
    return (type & 0x80) != 0;
  }

  /** We are gone: tell a peer that does not know it yet. */
  private void outOfTheBlue(PacketReader in) {
    switch (in.type()) {
      case Wire.ABORT, Wire.SHUTDOWN_COMPLETE, Wire.COOKIE_ACK, Wire.ERROR, Wire.INIT_ACK -> {
        // An answer to these could go to and fro for ever.
      }
      case Wire.SHUTDOWN_ACK -> reflect(in, Wire.SHUTDOWN_COMPLETE);
      case Wire.INIT -> {
        if (in.length() >= 4 && in.int32(0) != 0) {
          control.addChecked(in.int32(0), Chunks.empty(Wire.ABORT, 0));
        }
      }
      default -> reflect(in, Wire.ABORT);
    }
  }

  private void reflect(PacketReader in, int type) {
    control.addChecked(in.tag(), Chunks.empty(type, Wire.REFLECTED));
  }

  private static String causeOf(PacketReader in) {
    if (in.length() < 4) {
      return "no cause given";
    }
    return "cause " + (in.int32(0) >>> 16);
  }
}
