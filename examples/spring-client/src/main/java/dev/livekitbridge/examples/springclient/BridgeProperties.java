package dev.livekitbridge.examples.springclient;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is configured: {@code bridge.*}.
 *
 * @param target {@code host:port}, or {@code dns:///name:port} of many bridges
 * @param resumeKey the same after a restart, so that living sessions are taken over; a secret
 * @param playOut how long a shutdown waits for what was said to be heard
 */
@ConfigurationProperties("bridge")
public record BridgeProperties(
    @DefaultValue("localhost:9090") String target,
    @DefaultValue("") String resumeKey,
    @DefaultValue("3s") Duration playOut) {}
