package dev.livekitbridge.examples.report;

/**
 * How long the service was in a state.
 *
 * @param from seconds since the scenario began
 * @param to seconds since the scenario began
 * @param state CONNECTED, RECONNECTING … or DOWN where there was no service
 */
public record StateSpan(double from, double to, String state) {}
