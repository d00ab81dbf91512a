package dev.livekitbridge.server.room.livekit.fuzz;

import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes of a fuzzer as what a machine takes: several packets, each with its length before it. */
public final class FuzzInput {
  private static final int LONGEST = 0x7ff;

  private FuzzInput() {}

  public static List<byte[]> packets(byte[] input) {
    List<byte[]> packets = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(input);
    while (in.remaining() >= 2) {
      byte[] packet = new byte[Math.min(in.getShort() & LONGEST, in.remaining())];
      in.get(packet);
      packets.add(packet);
    }
    return packets;
  }

  /** The input that gives these packets. */
  public static byte[] of(byte[]... packets) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] packet : packets) {
      out.write(packet.length >> 8);
      out.write(packet.length);
      out.writeBytes(packet);
    }
    return out.toByteArray();
  }

  public static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  /** A listener that does nothing. */
  public static <T> T deaf(Class<T> listener) {
    return listener.cast(
        Proxy.newProxyInstance(
            listener.getClassLoader(), new Class<?>[] {listener}, FuzzInput::nothing));
  }

  private static @Nullable Object nothing(
      Object proxy, java.lang.reflect.Method method, Object @Nullable [] with) {
    return null;
  }

  public static void check(boolean holds, String rule) {
    if (!holds) {
      throw new AssertionError(rule);
    }
  }

  static byte[] mutated(byte[] seed, java.util.Random dice) {
    byte[] input = seed.clone();
    for (int changes = 1 + dice.nextInt(8); changes > 0 && input.length > 0; changes--) {
      int at = dice.nextInt(input.length);
      switch (dice.nextInt(5)) {
        case 0 -> input[at] ^= (byte) (1 << dice.nextInt(8));
        case 1 -> input[at] = (byte) dice.nextInt();
        case 2 -> input[at] = (byte) (dice.nextBoolean() ? 0xff : 0);
        case 3 -> input = Arrays.copyOf(input, at);
        default -> input = doubled(input, at, Math.min(input.length, at + dice.nextInt(40)));
      }
    }
    return input;
  }

  private static byte[] doubled(byte[] input, int from, int to) {
    byte[] longer = Arrays.copyOf(input, input.length + to - from);
    System.arraycopy(input, from, longer, to, input.length - from);
    return longer;
  }
}
