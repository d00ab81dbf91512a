package dev.livekitbridge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateTest {
  private final Gate gate = new Gate(2);
  private final List<String> inside = new ArrayList<>();

  @Test
  void soManyAtATimeInOrderOfArrival() {
    Gate.Ticket a = gate.enter(() -> inside.add("a"));
    Gate.Ticket b = gate.enter(() -> inside.add("b"));
    Gate.Ticket c = gate.enter(() -> inside.add("c"));
    Gate.Ticket d = gate.enter(() -> inside.add("d"));
    assertThat(inside).containsExactly("a", "b");
    b.leave();
    assertThat(inside).containsExactly("a", "b", "c");
    a.leave();
    assertThat(inside).containsExactly("a", "b", "c", "d");
    c.leave();
    d.leave();
  }

  @Test
  void leavingTwiceMakesRoomOnce() {
    Gate.Ticket a = gate.enter(() -> inside.add("a"));
    Gate.Ticket b = gate.enter(() -> inside.add("b"));
    a.leave();
    a.leave();
    Gate.Ticket c = gate.enter(() -> inside.add("c"));
    Gate.Ticket d = gate.enter(() -> inside.add("d"));
    assertThat(inside).containsExactly("a", "b", "c");
    b.leave();
    assertThat(inside).endsWith("d");
    c.leave();
    d.leave();
  }

  @Test
  void whoLeavesTheQueueIsNeverLetIn() {
    Gate.Ticket a = gate.enter(() -> inside.add("a"));
    Gate.Ticket b = gate.enter(() -> inside.add("b"));
    Gate.Ticket c = gate.enter(() -> inside.add("c"));
    c.leave();
    a.leave();
    b.leave();
    assertThat(inside).containsExactly("a", "b");
    Gate.Ticket d = gate.enter(() -> inside.add("d"));
    Gate.Ticket e = gate.enter(() -> inside.add("e"));
    assertThat(inside).containsExactly("a", "b", "d", "e");
    d.leave();
    e.leave();
  }

  @Test
  void aHundredThousandWhoLeaveAtOnceNeedNoDeepStack() {
    Gate.Ticket a = gate.enter(() -> inside.add("a"));
    Gate.Ticket b = gate.enter(() -> inside.add("b"));
    List<Gate.Ticket> tickets = new ArrayList<>();
    int[] came = new int[1];
    for (int i = 0; i < 100_000; i++) {
      int number = i;
      tickets.add(
          gate.enter(
              () -> {
                came[0]++;
                tickets.get(number).leave();
              }));
    }
    a.leave();
    assertThat(came[0]).isEqualTo(100_000);
    b.leave();
    gate.enter(() -> inside.add("c"));
    gate.enter(() -> inside.add("d"));
    gate.enter(() -> inside.add("e"));
    assertThat(inside).containsExactly("a", "b", "c", "d");
  }
}
