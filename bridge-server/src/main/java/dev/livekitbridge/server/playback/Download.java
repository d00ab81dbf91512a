package dev.livekitbridge.server.playback;

import dev.livekitbridge.server.playback.PlaybackFault.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.jspecify.annotations.Nullable;

/** The bytes of a file as they come; its failures say what happened. */
final class Download extends FilterInputStream {
  /** Length that its server does not tell. */
  static final long UNKNOWN = -1;

  private final long length;
  private final MediaUrl from;
  private final long most;
  private Runnable onFirstByte = () -> {};
  private Turns.@Nullable Turn turn;
  private long count;
  private @Nullable PlaybackException failure;

  Download(InputStream bytes, long length, MediaUrl from, long most) {
    super(bytes);
    this.length = length;
    this.from = from;
    this.most = most;
  }

  /** In bytes, or {@link #UNKNOWN}. */
  long length() {
    return length;
  }

  /** What runs when its first byte comes, and the turn that is given away while it waits. */
  void attend(Runnable whenReached, Turns.Turn whose) {
    onFirstByte = whenReached;
    turn = whose;
  }

  MediaUrl from() {
    return from;
  }

  /**
   * Throws what it failed by, if it did: there are decoders that take a failure for the end of the
   * file, or for a file of another kind.
   */
  void check() throws PlaybackException {
    if (failure != null) {
      throw failure;
    }
  }

  /** It failed, for whoever checks. */
  PlaybackException failed(PlaybackException why) {
    failure = why;
    return why;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int got = read(one, 0, 1);
    return got < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int size) throws IOException {
    check();
    try {
      return count(receive(into, offset, size));
    } catch (PlaybackException e) {
      throw failed(e);
    }
  }

  private int receive(byte[] into, int offset, int size) throws PlaybackException {
    Turns.Turn whose = turn;
    if (whose != null) {
      whose.give();
    }
    try {
      return super.read(into, offset, size);
    } catch (ConnectionClosedException e) {
      throw new PlaybackException(
          Kind.TRUNCATED, from + " broke off after " + count + " bytes of its download");
    } catch (InterruptedIOException e) {
      throw new PlaybackException(Kind.TIMEOUT, from.host() + " sent nothing more for too long");
    } catch (IOException e) {
      throw new PlaybackException(
          Kind.UNREACHABLE, "the download of " + from + " broke: " + HttpFetcher.name(e));
    } finally {
      if (whose != null) {
        whose.take();
      }
    }
  }

  private int count(int got) throws PlaybackException {
    if (got > 0) {
      if (count == 0) {
        onFirstByte.run();
      }
      count += got;
      if (count > most) {
        throw HttpFetcher.tooLarge(from, most);
      }
    }
    return got;
  }

  @Override
  public long skip(long bytes) throws IOException {
    byte[] gone = new byte[(int) Math.min(bytes, 8_192)];
    long skipped = 0;
    while (skipped < bytes) {
      int got = read(gone, 0, (int) Math.min(gone.length, bytes - skipped));
      if (got < 0) {
        break;
      }
      skipped += got;
    }
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
