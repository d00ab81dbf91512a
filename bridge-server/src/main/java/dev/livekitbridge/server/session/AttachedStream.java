package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.concurrent.Handover;
import dev.livekitbridge.proto.AudioChunk;

/**
 * A stream of a session, from its first chunk to its end. The edge calls the {@code on...} methods
 * from its own threads, one call at a time; the rest is confined to the session's context. A stream
 * that is not the session's current one any more is not heard.
 */
public final class AttachedStream {
  // What may be on its way from the transport at once, so that it never idles between two chunks.
  private static final int REQUEST_AHEAD = 8;

  private final BridgeSession session;
  private final ClientStream stream;
  private final boolean reliable;
  private final Handover<AudioChunk> inbox;
  private volatile boolean halfClosed;
  private boolean halfCloseTold;
  private boolean heartbeatSeen;
  private int withheld;
  private boolean ended;

  AttachedStream(BridgeSession session, ClientStream stream, boolean reliable) {
    this.session = session;
    this.stream = stream;
    this.reliable = reliable;
    this.inbox = new Handover<>(session.context(), this::accept, this::drained);
  }

  /** A chunk came. */
  public void onChunk(AudioChunk chunk) {
    inbox.add(chunk);
  }

  /** The transport takes chunks again. */
  public void onReady() {
    inbox.wake();
  }

  /** The client sends nothing more. */
  public void onHalfClose() {
    halfClosed = true;
    inbox.wake();
  }

  /**
   * The stream broke, or the client cancelled it.
   *
   * @param detail for people, without secrets
   */
  public void onBroken(String detail) {
    session.context().execute(() -> session.streamBroken(this, CloseReason.STREAM_BROKEN, detail));
  }

  /** The credentials that it was opened with have run out. On any thread. */
  public void onExpired() {
    String detail = "the caller's credentials have expired";
    session
        .context()
        .execute(() -> session.streamBroken(this, CloseReason.UNAUTHENTICATED, detail));
  }

  /** Whether it was opened with a session id: sequences, acknowledgements, pings. */
  boolean reliable() {
    return reliable;
  }

  boolean isReady() {
    return !ended && stream.isReady();
  }

  void send(AudioChunk chunk) {
    if (!ended) {
      stream.send(chunk);
    }
  }

  void end(CloseReason reason, String detail) {
    if (!ended) {
      ended = true;
      stream.end(reason, detail);
    }
  }

  boolean heartbeatSeen() {
    return heartbeatSeen;
  }

  void heartbeat() {
    heartbeatSeen = true;
  }

  /**
   * Begins to take chunks.
   *
   * @param resumed whether the session had a stream before
   */
  void begin(boolean resumed) {
    stream.attached(resumed);
    stream.request(REQUEST_AHEAD);
  }

  /** Asks for another chunk in place of one that was dealt with, or holds the sender. */
  void requestNext(boolean hold) {
    if (hold) {
      withheld++;
    } else {
      stream.request(1);
    }
  }

  /** Holds the sender no longer. */
  void release() {
    if (withheld > 0) {
      int chunks = withheld;
      withheld = 0;
      stream.request(chunks);
    }
  }

  private void accept(AudioChunk chunk) {
    if (!ended) {
      session.onChunk(this, chunk);
    }
  }

  private void drained() {
    if (ended) {
      return;
    }
    if (halfClosed && !halfCloseTold) {
      halfCloseTold = true;
      session.onHalfClose(this);
    }
    session.pump(this);
  }
}
