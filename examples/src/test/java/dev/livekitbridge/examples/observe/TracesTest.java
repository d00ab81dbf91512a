package dev.livekitbridge.examples.observe;

import static dev.livekitbridge.examples.observe.Spans.events;
import static dev.livekitbridge.examples.observe.Spans.number;
import static dev.livekitbridge.examples.observe.Spans.truth;
import static dev.livekitbridge.examples.observe.Spans.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.livekitbridge.client.BearerToken;
import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.ConnectionState;
import dev.livekitbridge.client.PlayRequest;
import dev.livekitbridge.client.PlaybackResult;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.examples.audio.WavBytes;
import dev.livekitbridge.examples.playback.SoundServer;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.PlaybackOptions;
import dev.livekitbridge.server.security.SecurityOptions;
import dev.livekitbridge.server.security.StaticTokens;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Traces of a service and its bridge, as an SDK exports them. */
class TracesTest {
  private static final String BEARER = "marked-secret-of-the-caller";

  private final Spans spans = new Spans();

  @AfterEach
  void noSpanHoldsASecretAUserOrARoom() {
    assertThat(spans.all())
        .isNotEmpty()
        .allSatisfy(
            span ->
                assertThat(span.toString())
                    .doesNotContain("marked-secret", "example.com", "standup", "hello.wav"));
    spans.close();
  }

  @Test
  void anOpeningIsOneTraceFromTheCallerThroughTheClientToTheBridge() throws Exception {
    Span caller = spans.sdk().getTracer("test").spanBuilder("handle call").startSpan();
    try (BridgeServer server = server(0);
        BridgeClient client = client(server.port(), BEARER)) {
      BridgeSession session =
          Context.current().with(caller).wrapSupplier(() -> open(client, "memory:standup")).get();
      await().until(() -> session.state() == ConnectionState.CONNECTED);
    }

    SpanData opening = spans.only("bridge.open", SpanKind.INTERNAL);
    assertThat(opening.getTraceId()).isEqualTo(caller.getSpanContext().getTraceId());
    assertThat(opening.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
    assertThat(number(opening, "bridge.tries")).isEqualTo(1);
    assertThat(word(opening, "bridge.session")).isEqualTo("c1");
    assertThat(spans.partsOf(opening))
        .extracting(SpanData::getName)
        .containsExactly("bridge.join", "bridge.attach");
    SpanData join = spans.only("bridge.join", SpanKind.CLIENT);
    assertThat(events(join)).containsExactly("token", "asked");
    assertThat(word(join, "bridge.target")).startsWith("127.0.0.1:");
    assertAnswered(join, "bridge.join");
    assertAnswered(spans.only("bridge.attach", SpanKind.CLIENT), "bridge.attach");
  }

  @Test
  void aReconnectIsATraceOfItsOwnThatLeadsToTheOpening() throws Exception {
    try (BridgeServer server = server(0);
        BridgeClient client = client(server.port(), BEARER)) {
      BridgeSession session = open(client, "memory:standup");
      await().until(() -> session.state() == ConnectionState.CONNECTED);
      session.send(AudioFrame.copyOf(new byte[640], 0));
      session.reconnectNow();
      await().until(() -> !spans.named("bridge.reconnect").isEmpty());
    }

    SpanData reconnect = spans.only("bridge.reconnect", SpanKind.INTERNAL);
    assertThat(SpanContext.getInvalid().getSpanId()).isEqualTo(reconnect.getParentSpanId());
    assertThat(reconnect.getLinks())
        .singleElement()
        .satisfies(
            link ->
                assertThat(link.getSpanContext().getSpanId())
                    .isEqualTo(spans.only("bridge.open", SpanKind.INTERNAL).getSpanId()));
    assertThat(word(reconnect, "bridge.cause")).isEqualTo("REQUESTED");
    assertThat(number(reconnect, "bridge.tries")).isEqualTo(1);
    assertThat(truth(reconnect, "bridge.resumed")).isTrue();
    assertThat(reconnect.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    SpanData resume = spans.only("bridge.resume", SpanKind.CLIENT);
    assertThat(spans.partsOf(reconnect)).containsExactly(resume);
    SpanData answer = assertAnswered(resume, "bridge.attach");
    assertThat(truth(answer, "bridge.resumed")).isTrue();
  }

  @Test
  void aBridgeThatIsAwayShowsEachTryUnderTheReconnect() throws Exception {
    BridgeServer server = server(0);
    int port = server.port();
    try (BridgeClient client = client(port, BEARER)) {
      BridgeSession session = open(client, "memory:standup");
      await().until(() -> session.state() == ConnectionState.CONNECTED);
      server.close(Duration.ZERO);
      await().until(() -> session.state() != ConnectionState.CONNECTED);
      server = server(port);
      await().until(() -> !spans.named("bridge.reconnect").isEmpty());
    } finally {
      server.close(Duration.ZERO);
    }

    SpanData reconnect = spans.only("bridge.reconnect", SpanKind.INTERNAL);
    assertThat(truth(reconnect, "bridge.resumed")).isFalse();
    assertThat(word(reconnect, "bridge.cause")).isNotBlank();
    assertThat(spans.partsOf(reconnect))
        .extracting(SpanData::getName)
        .endsWith("bridge.join", "bridge.attach");
    assertThat((long) spans.partsOf(reconnect).size())
        .as("a try is an attach that failed, or a join and the attach after it")
        .isGreaterThanOrEqualTo(number(reconnect, "bridge.tries"));
  }

  @Test
  void aPlaybackIsATraceFromItsRequestToItsEnd() throws Exception {
    try (SoundServer sounds = new SoundServer();
        BridgeServer server = server(0);
        BridgeClient client = client(server.port(), BEARER)) {
      BridgeSession session = open(client, "memory:standup");
      await().until(() -> session.state() == ConnectionState.CONNECTED);
      String url = sounds.add("hello.wav", WavBytes.of(new byte[3_200], AudioFormat.VOICE));
      assertThat(play(session, url + "?marked-secret").completed()).isTrue();
      assertThat(play(session, "http://127.0.0.1:1/hello.wav?marked-secret").outcome())
          .isEqualTo(PlaybackResult.Outcome.FAILED);
      await().until(() -> spans.named("bridge.play").size() == 4);
    }

    SpanData good = spans.named("bridge.playback").get(0);
    assertThat(word(good, "bridge.outcome")).isEqualTo("COMPLETED");
    assertThat(number(good, "bridge.played_ms")).isEqualTo(100);
    assertThat(events(good)).containsExactly("started");
    SpanData call = spans.partsOf(good).get(0);
    assertThat(call.getName()).isEqualTo("bridge.play");
    assertThat(call.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    SpanData answer = assertAnswered(call, "bridge.play");
    assertThat(events(answer)).containsExactly("started");
    assertThat(number(answer, "bridge.played_ms")).isEqualTo(100);

    SpanData bad = spans.named("bridge.playback").get(1);
    assertThat(word(bad, "bridge.outcome")).isEqualTo("FAILED");
    assertThat(bad.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    SpanData refused = assertAnswered(spans.partsOf(bad).get(0), "bridge.play");
    assertThat(word(refused, "bridge.reason")).isNotBlank();
    assertThat(refused.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void aRefusedJoinIsAnErrorWithItsReasonOnBothSides() throws Exception {
    try (BridgeServer server = server(0);
        BridgeClient client = client(server.port(), BEARER)) {
      BridgeSession session = open(client, "nosuch://marked-secret-host");
      await().until(() -> session.state() == ConnectionState.CLOSED);
    }

    SpanData join = spans.only("bridge.join", SpanKind.CLIENT);
    assertFailed(join, "BAD_REQUEST");
    assertFailed(assertAnswered(join, "bridge.join"), "BAD_REQUEST");
    assertFailed(spans.only("bridge.open", SpanKind.INTERNAL), "BAD_REQUEST");
  }

  @Test
  void whoIsNotLetInMakesNoSpansAtTheBridge() throws Exception {
    try (BridgeServer server = server(0);
        BridgeClient client = client(server.port(), "marked-secret-of-nobody")) {
      BridgeSession session = open(client, "memory:standup");
      await().until(() -> session.stats().lastFault().isPresent());
    }

    assertThat(spans.named("bridge.join", SpanKind.CLIENT))
        .isNotEmpty()
        .anySatisfy(join -> assertFailed(join, "UNAUTHENTICATED"));
    assertThat(spans.named("bridge.join", SpanKind.SERVER)).isEmpty();
  }

  private BridgeServer server(int port) throws IOException {
    return BridgeServer.builder()
        .host("127.0.0.1")
        .port(port)
        .tracing(spans.tracing())
        .security(SecurityOptions.builder().authenticator(StaticTokens.of(BEARER)).build())
        .options(
            BridgeServerOptions.builder()
                .playback(PlaybackOptions.builder().allow("127.0.0.1").build())
                .build())
        .build()
        .start();
  }

  private BridgeClient client(int port, String bearer) {
    return BridgeClient.builder("127.0.0.1:" + port)
        .bearer(() -> BearerToken.of(bearer))
        .tracing(spans.tracing())
        .build();
  }

  private static BridgeSession open(BridgeClient client, String url) {
    return client.open(
        SessionRequest.builder("anna@example.com")
            .room("standup")
            .liveKitUrl(url)
            .tokens(join -> "marked-secret-token")
            .resumeKey("marked-secret-key")
            .onAudio(frame -> {})
            .build());
  }

  private static PlaybackResult play(BridgeSession session, String url) throws Exception {
    return session.play(PlayRequest.url(url).build()).completion().get(30, TimeUnit.SECONDS);
  }

  /** The bridge's span of a call is a part of the client's; returns it. */
  private SpanData assertAnswered(SpanData call, String name) {
    assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(spans.partsOf(call)).as("parts of %s in %s", call, spans.all()).hasSize(1);
    SpanData answer = spans.partsOf(call).get(0);
    assertThat(answer.getName()).isEqualTo(name);
    assertThat(answer.getKind()).isEqualTo(SpanKind.SERVER);
    return answer;
  }

  private static void assertFailed(SpanData span, String reason) {
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(word(span, "bridge.reason")).isEqualTo(reason);
  }
}
