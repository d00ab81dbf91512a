package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.livekitbridge.core.testing.FakeClock;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the supplier is asked, and what waits for it. Suppliers run when time passes. */
class BearerTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeClock clock = new FakeClock();
  private final List<String> asked = new ArrayList<>();
  private boolean fails;
  private final Bearer bearer =
      new Bearer(
          this::token,
          new TokenMint(clock.scheduler(), clock.scheduler(), new Gate(1), 5_000_000_000L),
          clock);

  private BearerToken token() {
    asked.add("ask");
    if (fails) {
      throw new IllegalStateException("the vault is sealed");
    }
    return BearerToken.of("token-" + asked.size(), MINUTE);
  }

  private static final class Applier extends CallCredentials.MetadataApplier {
    @Nullable String header;
    @Nullable Status failure;
    boolean told;

    @Override
    public void apply(Metadata headers) {
      told = true;
      header = headers.get(AUTHORIZATION);
    }

    @Override
    public void fail(Status status) {
      told = true;
      failure = status;
    }
  }

  private Applier call(Bearer.Call credentials) {
    Applier applier = new Applier();
    credentials.applyRequestMetadata(new Info(), Runnable::run, applier);
    return applier;
  }

  private Applier call() {
    return call(bearer.newCall(true));
  }

  @Test
  void oneQuestionServesAllThatWaitAndNobodyWaitsOnAThread() {
    List<Applier> waiting = List.of(call(), call(), call());
    assertThat(waiting).noneMatch(w -> w.told);
    clock.runDue();
    assertThat(waiting).allMatch(w -> "Bearer token-1".equals(w.header));
    assertThat(asked).hasSize(1);
    assertThat(call().header).isEqualTo("Bearer token-1");
  }

  @Test
  void isAskedAgainBeforeTheEndWhileTheOldOneServes() {
    Applier unused = call();
    clock.runDue();
    clock.advance(Duration.ofSeconds(47));
    assertThat(call().header).isEqualTo("Bearer token-1");
    assertThat(asked).hasSize(1);
    clock.advance(Duration.ofSeconds(2));
    assertThat(call().header).as("not held up").isEqualTo("Bearer token-1");
    clock.runDue();
    assertThat(call().header).isEqualTo("Bearer token-2");
    assertThat(asked).hasSize(2);
    clock.advance(MINUTE.plusSeconds(1));
    Applier late = call();
    assertThat(late.told).as("an ended one is not used").isFalse();
    clock.runDue();
    assertThat(late.header).isEqualTo("Bearer token-3");
  }

  @Test
  void aRefusedTokenIsReplacedOnceHoweverManyCallsItWasRefusedFor() {
    List<Bearer.Call> calls = List.of(bearer.newCall(true), bearer.newCall(true));
    calls.forEach(this::call);
    clock.runDue();
    calls.get(0).rejected();
    Applier next = call();
    clock.runDue();
    assertThat(next.header).isEqualTo("Bearer token-2");
    calls.get(1).rejected();
    assertThat(call().header).isEqualTo("Bearer token-2");
    assertThat(asked).hasSize(2);
  }

  @Test
  void aSupplierThatFailsIsNotAskedInAStormAndSaysWhy() {
    fails = true;
    Bearer.Call first = bearer.newCall(true);
    Applier applier = call(first);
    clock.runDue();
    assertThat(applier.failure).isNotNull();
    assertThat(String.valueOf(first.fault())).contains("TOKEN_SUPPLIER", "the vault is sealed");
    for (int i = 0; i < 100; i++) {
      assertThat(call().failure).isNotNull();
    }
    clock.runDue();
    assertThat(asked).hasSize(1);
    fails = false;
    clock.advance(Duration.ofMillis(501));
    Applier later = call();
    clock.runDue();
    assertThat(later.header).isEqualTo("Bearer token-2");
  }

  @Test
  void aHealthCheckNeverWaitsForCredentials() {
    Applier health = call(bearer.newCall(false));
    assertThat(health.told).isTrue();
    assertThat(health.header).isNull();
    assertThat(asked).isEmpty();
  }

  @Test
  void tokensAreShownNowhereAndGoInPlainTextNowhere() {
    assertThat(BearerToken.of("secret-value").toString()).doesNotContain("secret-value");
    assertThatThrownBy(() -> BearerToken.of("with a\nline"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("line\n");
    assertThatThrownBy(
            () ->
                BridgeClient.builder("bridge.example.com:9090")
                    .bearer(() -> BearerToken.of("secret-value"))
                    .build())
        .hasMessageContainingAll("bridge.example.com", "plain text", "tls");
    assertThat(Target.isLocal("localhost:1")).isTrue();
    assertThat(Target.isLocal("127.0.0.1:1")).isTrue();
    assertThat(Target.isLocal("[::1]:1")).isTrue();
    assertThat(Target.isLocal("unix:/x")).isTrue();
    assertThat(Target.isLocal("127.0.0.1.evil.org:1")).isFalse();
    assertThat(Target.isLocal("dns:///localhost:1")).isFalse();
  }

  private static final class Info extends CallCredentials.RequestInfo {
    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      return LiveKitBridgeGrpc.getJoinRoomMethod();
    }

    @Override
    public SecurityLevel getSecurityLevel() {
      return SecurityLevel.NONE;
    }

    @Override
    public String getAuthority() {
      return "bridge";
    }

    @Override
    public Attributes getTransportAttrs() {
      return Attributes.EMPTY;
    }
  }
}
