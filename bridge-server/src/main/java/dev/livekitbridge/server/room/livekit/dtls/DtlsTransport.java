package dev.livekitbridge.server.room.livekit.dtls;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.jspecify.annotations.Nullable;

/**
 * One DTLS connection. All methods are called on one event loop, and so is the listener; only the
 * handshake runs elsewhere.
 *
 * <p>After the handshake BouncyCastle is driven without waiting: {@code receive} is called with the
 * datagram in hand and finds a transport that is empty at once, {@code receivePending} drains what
 * else the datagram held. This leans on how BouncyCastle 1.84 does it; tests hold it to that.
 */
public final class DtlsTransport {
  private static final int MAX_RECORD = 1 << 14;

  private final DtlsIdentity identity;
  private final DtlsRole role;
  private final PeerCheck check;
  private final SecureRandom random;
  private final Executor pool;
  private final Executor loop;
  private final DtlsListener listener;
  private final HandshakeQueue queue;
  private final EarlyCipherChange early = new EarlyCipherChange();
  private final int timeoutMillis;
  private byte[] buffer = new byte[0];
  private @Nullable DTLSTransport transport;
  private boolean started;
  private boolean over;

  /**
   * A connection that is still to be started.
   *
   * @param identity ours
   * @param role who begins
   * @param hash of the announced fingerprint, such as {@code sha-256}
   * @param fingerprint announced: upper-case pairs with colons
   * @param timeoutMillis longest handshake
   * @param random for keys and nonces
   * @param pool where the handshake may block
   * @param loop where everything else happens
   * @param listener hears it all, on the loop
   */
  public DtlsTransport(
      DtlsIdentity identity,
      DtlsRole role,
      String hash,
      String fingerprint,
      int timeoutMillis,
      SecureRandom random,
      Executor pool,
      Executor loop,
      DtlsListener listener) {
    this.identity = identity;
    this.role = role;
    this.check = new PeerCheck(hash, fingerprint);
    this.timeoutMillis = timeoutMillis;
    this.random = random;
    this.pool = pool;
    this.loop = loop;
    this.listener = listener;
    this.queue = new HandshakeQueue(this::onLoop, this::write);
  }

  /** Begins the handshake; once, when there is a way to the peer. */
  public void start() {
    if (started || over) {
      return;
    }
    started = true;
    try {
      pool.execute(this::handshake);
    } catch (RejectedExecutionException e) {
      fail("the engine is closing");
    }
  }

  private void handshake() {
    try {
      DTLSTransport connected = negotiate();
      onLoop(() -> connected(connected));
    } catch (IOException | RuntimeException e) {
      // BouncyCastle throws unchecked for some malformed messages: all mean the same here.
      String detail = "DTLS handshake failed: " + e.getMessage();
      onLoop(() -> fail(detail));
    }
  }

  private void onLoop(Runnable work) {
    try {
      loop.execute(work);
    } catch (RejectedExecutionException closing) {
      // The engine has closed meanwhile: nobody is left to hear it.
      queue.abort();
    }
  }

  private DTLSTransport negotiate() throws IOException {
    var crypto = new RecordCrypto(random);
    return role == DtlsRole.CLIENT
        ? new DTLSClientProtocol()
            .connect(new ClientSide(crypto, identity, check, timeoutMillis), queue)
        : new DTLSServerProtocol()
            .accept(new ServerSide(crypto, identity, check, timeoutMillis), queue);
  }

  private void connected(DTLSTransport connected) {
    ExportedKeys keys = check.keys();
    if (over || keys == null) {
      return;
    }
    queue.goLive();
    transport = connected;
    buffer = new byte[MAX_RECORD];
    listener.connected(keys);
    for (byte[] held = queue.leftOver(); held != null; held = queue.leftOver()) {
      take(held);
    }
  }

  /**
   * Takes a datagram of the peer (RFC 7983: first byte 20 to 63).
   *
   * @param datagram not kept
   */
  public void receive(ByteBuffer datagram) {
    if (over) {
      return;
    }
    byte[] copy = new byte[datagram.remaining()];
    datagram.get(copy);
    if (!Records.plausible(copy)) {
      return;
    }
    if (transport == null) {
      if (role == DtlsRole.CLIENT || !early.in(copy)) {
        queue.offer(copy);
      }
    } else {
      take(copy);
    }
  }

  private void take(byte[] datagram) {
    queue.hold(datagram);
    DTLSTransport connection = transport;
    if (connection == null) {
      return;
    }
    try {
      // One millisecond, because BouncyCastle takes 0 for "for ever"; nothing ever waits it.
      // It makes an array of the length that is asked for each time; no record is longer than this.
      int most = Math.min(buffer.length, datagram.length);
      int length = connection.receive(buffer, 0, most, 1);
      while (length >= 0 && !over) {
        listener.data(ByteBuffer.wrap(buffer, 0, length));
        length = over ? -1 : connection.receivePending(buffer, 0, most);
      }
    } catch (InterruptedIOException empty) {
      // Nothing for us in this datagram.
    } catch (IOException | RuntimeException e) {
      fail("DTLS: " + e.getMessage());
      return;
    } finally {
      queue.hold(null);
    }
    if (queue.closed()) {
      fail("the peer closed DTLS");
    }
  }

  /**
   * Sends data.
   *
   * @param data at most some 1,100 bytes; not kept
   */
  public void send(ByteBuffer data) {
    DTLSTransport connection = transport;
    if (connection == null || over) {
      return;
    }
    byte[] copy = new byte[data.remaining()];
    data.get(copy);
    try {
      connection.send(copy, 0, copy.length);
    } catch (IOException | RuntimeException e) {
      fail("DTLS: " + e.getMessage());
    }
  }

  /** Closes it, with a word to the peer; the listener hears nothing more. */
  public void close() {
    if (over) {
      return;
    }
    DTLSTransport connection = transport;
    transport = null;
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException | RuntimeException e) {
        // There is nobody left to tell.
      }
    }
    end();
  }

  private void fail(String detail) {
    if (!over) {
      end();
      listener.closed(detail);
    }
  }

  private void end() {
    over = true;
    transport = null;
    buffer = new byte[0];
    queue.abort();
  }

  private void write(byte[] datagram) {
    if (!over) {
      listener.send(ByteBuffer.wrap(datagram));
    }
  }
}
