package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.Fault;
import dev.livekitbridge.client.SessionEvent;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.LostSpan;
import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One session for as long as a command needs it: tells what happens to it, and ends it cleanly when
 * the command ends or is stopped.
 */
final class SessionRun implements AutoCloseable {
  private final Terminal terminal;
  private final String bridge;
  private final boolean json;
  private final BridgeClient client;
  private final BridgeSession session;
  private final CompletableFuture<ConnectionState> connected = new CompletableFuture<>();
  private final CompletableFuture<Void> finished = new CompletableFuture<>();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Thread hook;
  private volatile @Nullable Fault lastFault;

  SessionRun(Terminal terminal, BridgeTarget bridge, boolean json, SessionRequest.Builder request) {
    this.terminal = terminal;
    this.bridge = bridge.address();
    this.json = json;
    this.client = bridge.client();
    this.session = client.open(request.onEvent(this::onEvent).build());
    // Ctrl-C: the command's loop sees it, ends the session and its file, and only then we go.
    this.hook =
        OnStop.run(
            () -> {
              stopped.set(true);
              finished.completeOnTimeout(null, 8, TimeUnit.SECONDS).join();
            });
  }

  BridgeSession session() {
    return session;
  }

  /** Whether the command was told to stop, or the session is over. */
  boolean over() {
    return stopped.get() || session.state() == ConnectionState.CLOSED;
  }

  void awaitConnected(Duration limit) {
    terminal.progress("connecting to " + bridge + " ...");
    try {
      connected.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      Fault fault = lastFault;
      throw new CommandException(
          ExitCode.UNREACHABLE,
          "no audio through the bridge at "
              + bridge
              + " within "
              + limit.toSeconds()
              + " s"
              + (fault == null ? "" : " (" + describe(fault) + ")")
              + "; is it running? 'bridge status' tells",
          e);
    } catch (ExecutionException e) {
      throw new CommandException(
          ExitCode.UNREACHABLE,
          String.valueOf(Objects.requireNonNullElse(e.getCause(), e).getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(ExitCode.FAILED, "interrupted", e);
    } finally {
      terminal.endProgress();
    }
  }

  private void onEvent(SessionEvent event) {
    if (event instanceof SessionEvent.StateChanged changed) {
      changed.fault().ifPresent(fault -> lastFault = fault);
      if (changed.to() == ConnectionState.CONNECTED) {
        connected.complete(changed.to());
      }
      tell(
          "session is " + changed.to() + because(changed.fault()),
          Json.object(
              "event", "state",
              "state", changed.to().name(),
              "fault", changed.fault().map(SessionRun::describe).orElse("")));
    } else if (event instanceof SessionEvent.Closed closed) {
      connected.completeExceptionally(
          new IllegalStateException(closed.reason() + ": " + closed.detail()));
      if (closed.reason() != CloseReason.LEFT) {
        tell(
            "session ended: " + closed.reason() + ": " + closed.detail(),
            Json.object(
                "event", "closed", "reason", closed.reason().name(), "detail", closed.detail()));
      }
    } else if (event instanceof SessionEvent.FramesDropped dropped) {
      tell(
          dropped.frames() + " frames dropped: " + dropped.cause(),
          Json.object(
              "event", "dropped", "cause", dropped.cause().name(), "frames", dropped.frames()));
    } else if (event instanceof SessionEvent.FramesLost lost) {
      tell(
          describe(lost.span()),
          Json.object(
              "event", "lost",
              "frames", lost.span().frames(),
              "millis", lost.span().duration().toMillis()));
    }
  }

  /** What a bridge did not hear has no number. */
  private static String describe(LostSpan span) {
    String within = " within " + span.duration().toMillis() + " ms";
    return span.frames() == 0
        ? "nobody knows how many frames from the room were lost" + within
        : span.frames() + " frames from the room were lost" + within;
  }

  private void tell(String line, Map<String, Object> event) {
    if (json) {
      terminal.json(event);
    } else {
      terminal.line(line);
    }
  }

  private static String because(Optional<Fault> fault) {
    return fault.map(it -> " (" + describe(it) + ")").orElse("");
  }

  private static String describe(Fault fault) {
    return fault.reason().map(CloseReason::name).orElse(fault.cause().name())
        + ": "
        + fault.detail();
  }

  /** Ends the session, after what was accepted has been heard. */
  void finish(Duration playOut) {
    session.close(stopped.get() ? Duration.ofSeconds(1) : playOut);
  }

  static Map<String, Object> counts(FrameCounts counts) {
    return Json.object(
        "accepted", counts.accepted(),
        "delivered", counts.delivered(),
        "dropped", counts.droppedTotal(),
        "replayed", counts.replayed(),
        "duplicates", counts.duplicates());
  }

  /** Frees everything; a pending Ctrl-C goes on. */
  @Override
  public void close() {
    session.close(Duration.ZERO);
    client.close();
    terminal.endProgress();
    finished.complete(null);
    OnStop.cancel(hook);
  }
}
