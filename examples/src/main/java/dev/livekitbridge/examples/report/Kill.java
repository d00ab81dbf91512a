package dev.livekitbridge.examples.report;

/**
 * A process was killed with SIGKILL, and what came of it. Times are those of the session that had
 * it worst; frames are those of all sessions.
 *
 * @param number of the kill, from 1
 * @param victim what was killed
 * @param seconds since the beginning
 * @param awayMillis until its successor was ready: a bridge listened, a service opened its sessions
 * @param toService room to service
 * @param toRoom service to room
 */
public record Kill(
    int number, String victim, double seconds, long awayMillis, Way toService, Way toRoom) {
  /**
   * One direction.
   *
   * @param audioMillis from the kill to the end of the longest silence after it
   * @param silenceMillis how long that was; 20 where no frame was late
   * @param lost frames that never came
   * @param twice frames that came again
   */
  public record Way(long audioMillis, long silenceMillis, long lost, long twice) {}
}
