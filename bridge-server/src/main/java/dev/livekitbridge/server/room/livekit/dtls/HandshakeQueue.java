package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bouncycastle.tls.DatagramTransport;
import org.jspecify.annotations.Nullable;

/**
 * What BouncyCastle reads from and writes to. While the handshake runs it waits for datagrams;
 * after it only the event loop calls, and an empty queue is a timeout at once.
 */
final class HandshakeQueue implements DatagramTransport {
  /** Datagrams with payload fit any path (RFC 9000 §14 and the SDKs use 1,200). */
  private static final int SEND_LIMIT = 1200;

  /**
   * For a ClientHello that is said again: it becomes two fragments. pion, which LiveKit's server is
   * made of, says a lost HelloVerifyRequest again for a fragment that does not begin its message,
   * and for nothing else (measured with pion/dtls 3.1.2, which takes the rest for a retransmission
   * and leaves those to its timer, and has no timer there): the join would hang for its 10 s.
   */
  private static final int AGAIN_LIMIT = 128;

  private static final int RECEIVE_LIMIT = 2048;
  private static final byte[] END = new byte[0];

  /** Thrown for each empty queue, which is once a datagram: without a stack. */
  private static final class Empty extends InterruptedIOException {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // Does nothing.
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  // A handshake has some six datagrams in flight; a flood costs no more than this.
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(64);
  private final Executor loop;
  private final Consumer<byte[]> sender;
  private volatile boolean live;
  private volatile boolean closed;
  private volatile boolean heard;
  // The handshake's thread only.
  private boolean spoke;
  private byte @Nullable [] inHand;

  HandshakeQueue(Executor loop, Consumer<byte[]> sender) {
    this.loop = loop;
    this.sender = sender;
  }

  /** During the handshake: from the event loop, for the pool's thread. */
  void offer(byte[] datagram) {
    heard = true;
    waiting.offer(datagram);
  }

  /** After the handshake, from the event loop. */
  void hold(byte @Nullable [] datagram) {
    inHand = datagram;
  }

  /** From now on nobody waits. */
  void goLive() {
    live = true;
  }

  /** What came while the handshake ended, in order; null when there is no more. */
  byte @Nullable [] leftOver() {
    return waiting.poll();
  }

  /** Ends a handshake that waits, from any thread. */
  void abort() {
    closed = true;
    waiting.clear();
    waiting.offer(END);
  }

  @Override
  public int getReceiveLimit() {
    return RECEIVE_LIMIT;
  }

  @Override
  public int getSendLimit() {
    return spoke && !heard ? AGAIN_LIMIT : SEND_LIMIT;
  }

  @Override
  public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
    byte[] datagram = live ? inHand : await(waitMillis);
    inHand = null;
    if (closed || datagram == END) {
      throw new IOException("the connection was closed");
    }
    if (datagram == null) {
      if (live) {
        throw new Empty();
      }
      return -1;
    }
    int taken = Math.min(length, datagram.length);
    System.arraycopy(datagram, 0, buffer, offset, taken);
    return taken;
  }

  private byte @Nullable [] await(int waitMillis) throws InterruptedIOException {
    try {
      return waiting.poll(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted in a DTLS handshake");
    }
  }

  @Override
  public void send(byte[] buffer, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("the connection was closed");
    }
    spoke = true;
    byte[] datagram = new byte[length];
    System.arraycopy(buffer, offset, datagram, 0, length);
    if (live) {
      sender.accept(datagram);
    } else {
      loop.execute(() -> sender.accept(datagram));
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  boolean closed() {
    return closed;
  }
}
