package dev.livekitbridge.server.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class JoinRatesTest {
  private final JoinRates rates = new JoinRates(3, Duration.ofHours(1));

  @Test
  void eachCallerHasItsOwnRate() {
    for (int i = 0; i < 3; i++) {
      assertThat(rates.admit("a")).isTrue();
    }
    assertThat(rates.admit("a")).isFalse();
    assertThat(rates.admit("b")).isTrue();
  }

  @Test
  void aFloodOfCallersTakesBoundedMemory() {
    for (int i = 0; i < 100_000; i++) {
      assertThat(rates.admit("caller-" + i)).isTrue();
    }
    assertThat(rates.callers()).isLessThanOrEqualTo(10_000);
  }
}
