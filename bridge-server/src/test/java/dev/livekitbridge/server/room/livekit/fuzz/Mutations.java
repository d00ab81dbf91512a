package dev.livekitbridge.server.room.livekit.fuzz;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Seeds of a fuzz target, changed at random, the same at every run. */
public final class Mutations {
  private Mutations() {}

  /** Runs a target over so many of them; a failure tells its seed and its input. */
  public static void run(String name, Consumer<byte[]> target, List<byte[]> seeds, int runs) {
    seeds.forEach(target);
    for (long seed = 0; seed < runs; seed++) {
      Random dice = new Random(seed);
      byte[] input = FuzzInput.mutated(seeds.get(dice.nextInt(seeds.size())), dice);
      try {
        target.accept(input);
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            name + " seed=" + seed + " input=" + HexFormat.of().formatHex(input), e);
      }
    }
  }
}
