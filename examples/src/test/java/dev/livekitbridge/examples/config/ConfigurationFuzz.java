package dev.livekitbridge.examples.config;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any file of settings: it is read, or refused with words. For Jazzer; see fuzz.sh. */
public final class ConfigurationFuzz {
  private ConfigurationFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    try {
      Configuration read = Configuration.ofFile("fuzz", new String(input, StandardCharsets.UTF_8));
      for (Setting<?> setting : Settings.all()) {
        read.get(setting);
      }
    } catch (ConfigurationException e) {
      if (!String.valueOf(e.getMessage()).contains("expected")) {
        throw new AssertionError("it does not say what was expected: " + e.getMessage());
      }
    }
  }

  public static List<byte[]> seeds() {
    String good =
        "port = 7000\n# x\nallow-rooms: wss://a,ws://b:1\\\n  ,c:\ntls-cert /x\nreload=\\u0031000";
    return List.of(good.getBytes(StandardCharsets.UTF_8));
  }
}
