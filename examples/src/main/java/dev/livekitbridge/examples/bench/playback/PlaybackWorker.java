package dev.livekitbridge.examples.bench.playback;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.bench.figures.Samples;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.server.BridgeServer;
import dev.livekitbridge.server.BridgeServerOptions;
import dev.livekitbridge.server.PlaybackOptions;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The bridge of the benchmark, in a process of its own, with its rooms and their listeners. */
public final class PlaybackWorker {
  private PlaybackWorker() {}

  /**
   * Runs until standard input ends.
   *
   * @param args how many rooms
   * @throws IOException if it cannot listen or read
   */
  public static void main(String... args) throws IOException {
    PrintStream answers = System.out;
    // Whatever a library prints must not be taken for an answer.
    System.setOut(System.err);
    int count = Integer.parseInt(args[0]);
    TimeSource time = TimeSource.system();
    MemoryRooms rooms = MemoryRooms.create();
    List<RoomPace> paces = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RoomPace pace = new RoomPace();
      paces.add(pace);
      rooms
          .room(room(i))
          .join("listener")
          .onAudio((identity, track, frame) -> pace.onFrame(frame, time.nanoTime()));
    }
    BridgeServer server =
        BridgeServer.builder()
            .host("127.0.0.1")
            .port(0)
            .rooms(rooms)
            .options(
                BridgeServerOptions.builder()
                    .playback(
                        PlaybackOptions.builder()
                            .allow("127.0.0.1")
                            .maxPerServer(2 * count)
                            .build())
                    .build())
            .build()
            .start();
    answers.println(Json.line(Json.object("event", "listening", "port", server.port())));
    answers.flush();
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String order; (order = orders.readLine()) != null && !order.equals("exit"); ) {
      if (order.equals("mark")) {
        paces.forEach(RoomPace::measure);
      } else if (order.equals("measure")) {
        paces.forEach(RoomPace::end);
        answers.println(Json.line(measured(paces)));
        answers.flush();
      }
    }
    System.exit(0);
  }

  static String room(int number) {
    return "bench-" + number;
  }

  private static Object measured(List<RoomPace> paces) {
    Samples jitter = new Samples("jitter of the frames given to the room");
    paces.forEach(pace -> pace.addTo(jitter));
    return Json.object(
        "event", "measured",
        "frames", paces.stream().mapToLong(RoomPace::frames).sum(),
        "late", paces.stream().mapToLong(RoomPace::late).sum(),
        "jitterP50", jitter.p50(),
        "jitterP99", jitter.p99(),
        "jitterMax", jitter.max());
  }
}
