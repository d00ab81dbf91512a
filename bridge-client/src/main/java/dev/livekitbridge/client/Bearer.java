package dev.livekitbridge.client;

import dev.livekitbridge.core.TimeSource;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The token that goes with every call: one for all of a client, asked for when it is needed, and
 * before it ends. A call never waits on a thread for it. Safe for use by many threads.
 */
final class Bearer {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final TokenRequest NOTHING = new TokenRequest("", "", "", "", 0);
  // However many sessions try again, a supplier that fails is not asked more often.
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final BearerSupplier supplier;
  private final TokenMint mint;
  private final TimeSource time;
  private final List<Call> waiting = new ArrayList<>();
  private @Nullable String current;
  // What the supplier gives, on its way to be the current one.
  private @Nullable BearerToken given;
  private boolean ends;
  private long endNanos;
  private long renewNanos;
  private boolean asking;
  private @Nullable Fault failed;
  private long failedNanos;

  Bearer(BearerSupplier supplier, TokenMint mint, TimeSource time) {
    this.supplier = supplier;
    this.mint = mint;
    this.time = time;
  }

  /**
   * Credentials for one call.
   *
   * @param needed whether the call waits for a token; one that is not needed goes along if there is
   *     one
   */
  Call newCall(boolean needed) {
    return new Call(needed);
  }

  private void attach(Call call) {
    String token;
    Fault fault = null;
    boolean ask = false;
    boolean wait = false;
    synchronized (this) {
      long now = time.nanoTime();
      token = usable(now) ? current : null;
      boolean due = token == null ? call.needed : ends && now - renewNanos >= 0;
      boolean paused = failed != null && now - failedNanos < PAUSE_NANOS;
      ask = due && !asking && !paused;
      asking |= ask;
      if (token == null && call.needed) {
        wait = asking;
        fault = asking ? null : failed;
        if (wait) {
          waiting.add(call);
        }
      }
    }
    if (!wait) {
      call.go(token, fault);
    }
    if (ask) {
      Transport.Call unused = mint.mint(this::ask, NOTHING, new Answer());
    }
  }

  /** A bridge refused a call that went with this token. */
  private synchronized void rejected(String token) {
    if (token.equals(current)) {
      current = null;
    }
  }

  private boolean usable(long now) {
    return current != null && (!ends || now - endNanos < 0);
  }

  private String ask(TokenRequest request) throws Exception {
    BearerToken token = supplier.token();
    synchronized (this) {
      given = token;
    }
    return token.value();
  }

  private synchronized List<Call> answered(@Nullable Fault fault) {
    long now = time.nanoTime();
    asking = false;
    failed = fault;
    failedNanos = now;
    BearerToken token = given;
    given = null;
    if (fault == null && token != null) {
      Optional<Duration> life = token.validFor();
      current = token.value();
      ends = life.isPresent();
      long nanos = life.map(Bearer::nanos).orElse(0L);
      endNanos = now + nanos;
      renewNanos = now + nanos / 5 * 4;
    }
    List<Call> told = new ArrayList<>(waiting);
    waiting.clear();
    return told;
  }

  private static long nanos(Duration life) {
    return life.compareTo(Duration.ofDays(365)) > 0 ? TimeUnit.DAYS.toNanos(365) : life.toNanos();
  }

  private final class Answer implements TokenMint.Result {
    @Override
    public void onToken(String token) {
      answered(null).forEach(call -> call.go(token, null));
    }

    @Override
    public void onFault(Fault fault) {
      Fault told = Fault.of(fault.cause(), "credentials for the bridge: " + fault.detail());
      answered(told).forEach(call -> call.go(null, told));
    }
  }

  /** The credentials of one call. */
  final class Call extends CallCredentials {
    private final boolean needed;
    private @Nullable MetadataApplier applier;
    private volatile @Nullable String used;
    private volatile @Nullable Fault fault;

    private Call(boolean needed) {
      this.needed = needed;
    }

    @Override
    public void applyRequestMetadata(
        RequestInfo info, Executor executor, MetadataApplier metadataApplier) {
      applier = metadataApplier;
      attach(this);
    }

    /** The token that went with it; empty for none. */
    String secret() {
      String token = used;
      return token == null ? "" : token;
    }

    /** Why it did not go at all; null if it did. */
    @Nullable Fault fault() {
      return fault;
    }

    /** The call was refused for its credentials. */
    void rejected() {
      String token = used;
      if (token != null) {
        Bearer.this.rejected(token);
      }
    }

    private void go(@Nullable String token, @Nullable Fault why) {
      MetadataApplier to = applier;
      if (to == null) {
        return;
      }
      if (token == null && needed) {
        fault = why == null ? Fault.of(FaultCause.TOKEN_SUPPLIER, "no credentials") : why;
        to.fail(Status.UNAUTHENTICATED.withDescription("no credentials"));
        return;
      }
      Metadata headers = new Metadata();
      if (token != null) {
        used = token;
        headers.put(AUTHORIZATION, "Bearer " + token);
      }
      to.apply(headers);
    }
  }
}
