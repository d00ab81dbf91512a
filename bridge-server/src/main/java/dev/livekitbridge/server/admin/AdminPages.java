package dev.livekitbridge.server.admin;

import dev.livekitbridge.core.SessionSnapshot;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What the admin port answers, by path. Confined to the port's thread. */
final class AdminPages {
  /** More would make the page long and the bridge busy. */
  static final int MOST_SESSIONS = 100;

  private static final int PATIENCE_SECONDS = 2;
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Site site;
  private final EventExecutor executor;
  private final History history = new History();
  private final long startedMillis;

  AdminPages(Site site, EventExecutor executor) {
    this.site = site;
    this.executor = executor;
    this.startedMillis = site.time().epochMillis();
  }

  /** Notes how much there is now, for the charts. */
  void sample() {
    history.add(site.time().epochMillis(), site.sessions().metrics());
  }

  CompletionStage<Reply> page(String path) {
    return switch (path) {
      case "/" -> status();
      case "/metrics" -> CompletableFuture.completedFuture(metrics());
      case "/healthz" -> health();
      case "/readyz" ->
          CompletableFuture.completedFuture(
              site.ready().getAsBoolean()
                  ? Reply.text(200, "ready")
                  : Reply.text(503, "draining: takes no sessions"));
      default -> CompletableFuture.completedFuture(Reply.text(404, "no such page"));
    };
  }

  private Reply metrics() {
    return site.metrics() == null
        ? Reply.text(404, "no metrics: give AdminOptions.metrics what a registry scrapes")
        : new Reply(200, METRICS_TYPE, site.metrics().get());
  }

  private CompletionStage<Reply> health() {
    return within(site.pulse().get().thenApply(it -> Reply.text(200, "ok")))
        .exceptionally(
            error -> Reply.text(503, "a thread of the bridge did not answer for 2 s: restart it"));
  }

  private CompletionStage<Reply> status() {
    return within(site.sessions().reports().snapshots(MOST_SESSIONS))
        .exceptionally(error -> List.of())
        .thenApplyAsync(this::render, executor);
  }

  private Reply render(List<SessionSnapshot> sessions) {
    return new Reply(
        200,
        "text/html; charset=utf-8",
        new StatusPage(site, history, startedMillis, sessions).html());
  }

  private <T> CompletableFuture<T> within(CompletionStage<T> answer) {
    CompletableFuture<T> bounded = new CompletableFuture<>();
    answer.whenComplete(
        (value, error) -> {
          if (error == null) {
            bounded.complete(value);
          } else {
            bounded.completeExceptionally(error);
          }
        });
    executor.schedule(
        () -> bounded.completeExceptionally(new java.util.concurrent.TimeoutException()),
        PATIENCE_SECONDS,
        TimeUnit.SECONDS);
    return bounded;
  }
}
