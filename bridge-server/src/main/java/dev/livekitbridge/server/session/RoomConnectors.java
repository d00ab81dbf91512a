package dev.livekitbridge.server.session;

import dev.livekitbridge.server.room.RoomConnector;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rooms that can be joined, chosen by the scheme of their URL. Immutable. */
public final class RoomConnectors {
  private final Map<String, RoomConnector> byScheme = new TreeMap<>();

  /**
   * The connectors of a bridge.
   *
   * @param connectors a later one takes a scheme over from an earlier one
   */
  public RoomConnectors(List<RoomConnector> connectors) {
    for (RoomConnector connector : connectors) {
      for (String scheme : connector.schemes()) {
        byScheme.put(scheme.toLowerCase(Locale.ROOT), connector);
      }
    }
  }

  /** Who joins rooms with this URL, or null if nobody does. */
  @Nullable RoomConnector forUrl(String url) {
    int colon = url.indexOf(':');
    return colon < 0 ? null : byScheme.get(url.substring(0, colon).toLowerCase(Locale.ROOT));
  }

  /** The schemes that are served, for an error text. */
  Set<String> schemes() {
    return byScheme.keySet();
  }
}
