package dev.livekitbridge.server.room.livekit.sdp;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A media section (RFC 8866 §5.14).
 *
 * @param kind {@code audio}, {@code video} or {@code application}
 * @param port 0 for a rejected section
 * @param protocol such as {@code UDP/TLS/RTP/SAVPF}
 * @param formats payload types, or {@code webrtc-datachannel}
 * @param attributes in order, such as {@code mid:0}
 */
record MediaSection(
    String kind, int port, String protocol, List<String> formats, List<String> attributes) {
  MediaSection {
    formats = List.copyOf(formats);
    attributes = List.copyOf(attributes);
  }

  String mid() {
    return value("mid").orElse("");
  }

  boolean has(String attribute) {
    return attributes.contains(attribute);
  }

  /** The value of the first attribute of a name. */
  Optional<String> value(String name) {
    return Optional.ofNullable(find(attributes, name));
  }

  List<String> values(String name) {
    String prefix = name + ":";
    return attributes.stream()
        .filter(attribute -> attribute.startsWith(prefix))
        .map(attribute -> attribute.substring(prefix.length()).strip())
        .toList();
  }

  static @Nullable String find(List<String> attributes, String name) {
    String prefix = name + ":";
    for (String attribute : attributes) {
      if (attribute.startsWith(prefix)) {
        return attribute.substring(prefix.length()).strip();
      }
    }
    return null;
  }

  /** Whether its sender wants to send on it (RFC 8866 §6.7; the default is sendrecv). */
  boolean sends() {
    return port != 0 && !has("recvonly") && !has("inactive");
  }

  /** The payload type of Opus (RFC 7587 §7), or empty. */
  Optional<Integer> opusPayloadType() {
    for (String map : values("rtpmap")) {
      int space = map.indexOf(' ');
      if (space > 0 && map.regionMatches(true, space + 1, "opus/48000", 0, 10)) {
        String type = map.substring(0, space);
        if (formats.contains(type) && type.matches("\\d{1,3}") && Integer.parseInt(type) < 128) {
          return Optional.of(Integer.parseInt(type));
        }
      }
    }
    return Optional.empty();
  }
}
