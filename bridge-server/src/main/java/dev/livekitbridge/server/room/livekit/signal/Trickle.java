package dev.livekitbridge.server.room.livekit.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.Optional;

/** The JSON in which an ICE candidate travels (W3C {@code RTCIceCandidateInit}). */
final class Trickle {
  private static final int LONGEST = 4096;

  private Trickle() {}

  /** The candidate's attribute, such as {@code candidate:1 1 udp …}; empty for nonsense. */
  static Optional<String> read(String json) {
    if (json.length() > LONGEST) {
      return Optional.empty();
    }
    Struct.Builder init = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(json, init);
    } catch (InvalidProtocolBufferException noJson) {
      return Optional.empty();
    }
    Value candidate = init.getFieldsMap().get("candidate");
    return candidate == null || candidate.getStringValue().isEmpty()
        ? Optional.empty()
        : Optional.of(candidate.getStringValue());
  }

  static String write(String candidate, String mid) {
    Struct init =
        Struct.newBuilder()
            .putFields("candidate", Value.newBuilder().setStringValue(candidate).build())
            .putFields("sdpMid", Value.newBuilder().setStringValue(mid).build())
            .putFields("sdpMLineIndex", Value.newBuilder().setNumberValue(0).build())
            .build();
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(init);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a struct of strings could not be printed", e);
    }
  }
}
