package dev.livekitbridge.examples.bench.recover;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.livekitbridge.examples.roomhost.FrameTally;
import java.util.Locale;

/** Frames that a fault cost, or made come twice, in both directions, over all its runs. */
public final class Losses {
  private final String name;
  private int runs;
  private long lostToService;
  private long twiceToService;
  private long lostToRoom;
  private long twiceToRoom;

  Losses(String name) {
    this.name = name;
  }

  /** Takes a run. */
  void add(FrameTally service, FrameTally room) {
    runs++;
    lostToService += service.missing();
    twiceToService += service.duplicates();
    lostToRoom += room.missing();
    twiceToRoom += room.duplicates();
  }

  /** Which fault. */
  @JsonProperty
  public String name() {
    return name;
  }

  /** How often it was done. */
  @JsonProperty
  public int runs() {
    return runs;
  }

  /** Frames of the room that the service never heard. */
  @JsonProperty
  public long lostToService() {
    return lostToService;
  }

  /** Frames of the room that the service heard again. */
  @JsonProperty
  public long twiceToService() {
    return twiceToService;
  }

  /** Frames of the service that the room never heard. */
  @JsonProperty
  public long lostToRoom() {
    return lostToRoom;
  }

  /** Frames of the service that the room heard again. */
  @JsonProperty
  public long twiceToRoom() {
    return twiceToRoom;
  }

  /** For people. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "%-58s %4d %9d %9d %9d %9d",
        name,
        runs,
        lostToService,
        twiceToService,
        lostToRoom,
        twiceToRoom);
  }

  /** Above the lines. */
  public static String head() {
    return String.format(
        "%-58s %4s %9s %9s %9s %9s",
        "frames, of 50 a second each way", "n", "lost", "twice", "lost", "twice");
  }

  /** What the columns mean. */
  public static String legend() {
    return String.format("%-63s %19s %19s", "", "room -> service", "service -> room");
  }
}
