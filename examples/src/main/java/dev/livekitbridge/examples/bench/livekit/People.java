package dev.livekitbridge.examples.bench.livekit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A {@link PeopleWorker}. */
final class People {
  private final Worker worker;
  private final BlockingQueue<Heard> notes = new LinkedBlockingQueue<>();

  /** A note that the listener heard, {@link System#nanoTime}. */
  record Heard(int note, long nanos) {}

  People(ProcessGroup group, LiveKitAccess access) {
    worker = new Worker(group, "bench-people", PeopleWorker.class, access, this::onNote);
  }

  private void onNote(JsonNode note) {
    notes.add(new Heard(note.path("note").asInt(), note.path("nanos").asLong()));
  }

  /** Notes heard since the last call. */
  BlockingQueue<Heard> notes() {
    return notes;
  }

  JsonNode tell(String order) throws InterruptedException {
    return worker.tell(order);
  }
}
