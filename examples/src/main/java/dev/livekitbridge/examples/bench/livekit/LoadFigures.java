package dev.livekitbridge.examples.bench.livekit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What so many users at 50 packets a second cost.
 *
 * @param users at once
 * @param sent packets that the people sent
 * @param lost packets that never came
 * @param disordered packets that came twice or behind a later one
 * @param latency from publish to the service
 * @param direct the same where the service itself was in the rooms, a little earlier; null where it
 *     was not measured
 * @param microsPerPacket CPU of the bridge for each packet, but for the JVM's compiler
 * @param compilerMicrosPerPacket CPU of the JVM's compiler in that time, for each packet
 * @param corePercent CPU of the bridge, of one core
 * @param residentMegabytes memory of the bridge after a collection
 * @param idlePercent what all processors had left
 */
public record LoadFigures(
    int users,
    long sent,
    long lost,
    long disordered,
    Latency latency,
    @Nullable Latency direct,
    double microsPerPacket,
    double compilerMicrosPerPacket,
    double corePercent,
    double residentMegabytes,
    double idlePercent) {

  /** With less left over a latency tells of the queue for the processor, and nothing else. */
  private static final double FULL_PERCENT = 8;

  /** Whether the machine had time left, so that its latency means something. */
  boolean quotable() {
    return idlePercent >= FULL_PERCENT;
  }

  static String head() {
    return "users     sent    lost  p50 ms  p99 ms  direct p50    p99  µs/packet  compiler  % core"
        + "  MB     idle";
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%5d %8d %7d %7s %7s %11s %6s %10.0f %9.0f %7.1f %5.0f %6.0f %%%s",
        users,
        sent,
        lost,
        quotable() ? millis(latency.p50Millis()) : "-",
        quotable() ? millis(latency.p99Millis()) : "-",
        direct == null ? "-" : millis(direct.p50Millis()),
        direct == null ? "-" : millis(direct.p99Millis()),
        microsPerPacket,
        compilerMicrosPerPacket,
        corePercent,
        residentMegabytes,
        idlePercent,
        quotable() ? "" : "  the machine is full: no latency is quoted");
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
