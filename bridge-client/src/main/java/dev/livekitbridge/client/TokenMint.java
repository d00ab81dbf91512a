package dev.livekitbridge.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Asks token suppliers, each on a thread that may block, so many at a time, and for no longer than
 * they may take.
 */
final class TokenMint {
  /** Told once how it went, on any thread. */
  interface Result {
    /** A token that is not empty. */
    void onToken(String token);

    /** None. */
    void onFault(Fault fault);
  }

  private final ExecutorService executor;
  private final ScheduledExecutorService scheduler;
  private final Gate gate;
  private final long timeoutNanos;

  TokenMint(
      ExecutorService executor, ScheduledExecutorService scheduler, Gate gate, long timeoutNanos) {
    this.executor = executor;
    this.scheduler = scheduler;
    this.gate = gate;
    this.timeoutNanos = timeoutNanos;
  }

  /** Begins to mint; cancelling it interrupts the supplier. */
  Transport.Call mint(TokenSupplier supplier, TokenRequest request, Result result) {
    Minting minting = new Minting(supplier, request, result);
    minting.begin();
    return minting;
  }

  private final class Minting implements Transport.Call {
    private final TokenSupplier supplier;
    private final TokenRequest request;
    private final Result result;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile Gate.@Nullable Ticket ticket;
    private volatile @Nullable Future<?> work;
    private volatile @Nullable ScheduledFuture<?> timeout;

    Minting(TokenSupplier supplier, TokenRequest request, Result result) {
      this.supplier = supplier;
      this.request = request;
      this.result = result;
    }

    void begin() {
      ticket = gate.enter(this::start);
      if (over.get()) {
        release(true);
      }
    }

    private void start() {
      if (over.get()) {
        return;
      }
      try {
        timeout = scheduler.schedule(this::tooLate, timeoutNanos, TimeUnit.NANOSECONDS);
        work = executor.submit(this::ask);
      } catch (RejectedExecutionException e) {
        fail(false, "the client is closed");
      }
      if (over.get()) {
        release(false);
      }
    }

    private void ask() {
      try {
        String token = supplier.token(request);
        if (token == null || token.isEmpty()) {
          fail(false, "the token supplier gave " + (token == null ? "null" : "an empty token"));
        } else if (finish(false)) {
          result.onToken(token);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail(false, "the token supplier was interrupted");
      } catch (Throwable e) {
        fail(false, "the token supplier failed: " + Redact.error(e));
      }
    }

    private void tooLate() {
      fail(true, "the token supplier took longer than " + timeoutNanos / 1_000_000 + " ms");
    }

    private void fail(boolean interrupt, String detail) {
      if (finish(interrupt)) {
        result.onFault(Fault.of(FaultCause.TOKEN_SUPPLIER, detail));
      }
    }

    @Override
    public void cancel() {
      boolean ignored = finish(true);
    }

    /** Interrupts only a supplier that still runs: its own thread goes on with the token. */
    private boolean finish(boolean interrupt) {
      boolean first = over.compareAndSet(false, true);
      if (first) {
        release(interrupt);
      }
      return first;
    }

    private void release(boolean interrupt) {
      ScheduledFuture<?> timer = timeout;
      if (timer != null) {
        timer.cancel(false);
      }
      Future<?> asking = work;
      if (interrupt && asking != null) {
        asking.cancel(true);
      }
      Gate.Ticket place = ticket;
      if (place != null) {
        place.leave();
      }
    }
  }
}
