package dev.livekitbridge.examples.report;

/**
 * How long one direction was silent after a fault.
 *
 * @param fault what was broken
 * @param fromFaultMillis from the fault to the first frame after it; 0 if no frame was late, {@link
 *     #NEVER} if none came
 * @param fromRepairMillis from the moment it was mended (a port open, a link healed) to that frame;
 *     -1 where nothing had to be mended
 */
public record Recovery(String fault, long fromFaultMillis, long fromRepairMillis) {
  /** No frame came after the fault. */
  public static final long NEVER = -1;
}
