package dev.livekitbridge.examples.springclient;

import dev.livekitbridge.client.BridgeClient;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** One client for the whole process. */
@Configuration
class BridgeConfiguration {
  /** Its meters, {@code livekit.bridge.client.*}, are among the service's own. */
  @Bean(destroyMethod = "close")
  BridgeClient bridgeClient(BridgeProperties properties, MeterRegistry meters) {
    return BridgeClient.builder(properties.target()).meterRegistry(meters).build();
  }
}
