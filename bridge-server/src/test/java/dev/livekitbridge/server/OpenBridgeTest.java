package dev.livekitbridge.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.livekitbridge.server.security.SecurityOptions;
import dev.livekitbridge.server.security.StaticTokens;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A bridge that others reach without protection says so, once. */
@NullMarked
class OpenBridgeTest {
  private static List<String> warnings(Consumer<BridgeServer.Builder> settings) throws IOException {
    Logger log = (Logger) LoggerFactory.getLogger(BridgeServer.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    log.addAppender(appender);
    BridgeServer.Builder builder =
        BridgeServer.builder().port(0).transport(TransportOptions.builder().warmUp(false).build());
    settings.accept(builder);
    BridgeServer server = builder.build();
    try {
      server.start();
    } finally {
      server.close(Duration.ZERO);
      log.detachAppender(appender);
    }
    return appender.list.stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void warnsOnceOfAllThatIsMissing() throws IOException {
    assertThat(warnings(builder -> {}))
        .singleElement()
        .asString()
        .contains("THIS BRIDGE IS OPEN", "no TLS", "no authentication", "room URLs", "127.0.0.1");
  }

  @Test
  void namesWhatIsMissingAlone() throws IOException {
    SecurityOptions security =
        SecurityOptions.builder()
            .authenticator(StaticTokens.of("0123456789abcdef"))
            .roomUrls("memory:")
            .build();
    assertThat(warnings(builder -> builder.security(security)))
        .singleElement()
        .asString()
        .contains("no TLS")
        .doesNotContain("no authentication", "room URLs");
  }

  @Test
  void saysNothingWhereOnlyThisMachineReachesIt() throws IOException {
    assertThat(warnings(builder -> builder.host("127.0.0.1"))).isEmpty();
  }
}
