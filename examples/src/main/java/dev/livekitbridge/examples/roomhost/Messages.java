package dev.livekitbridge.examples.roomhost;

import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.roomhost.proto.Ended;
import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.examples.roomhost.proto.InputKind;
import dev.livekitbridge.examples.roomhost.proto.Joined;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.proto.AudioInput;

/** The messages of the room host, made and read. */
final class Messages {
  static final FromRoom PING = FromRoom.newBuilder().setPing(true).build();
  static final ToRoom PONG = ToRoom.newBuilder().setPong(true).build();

  private Messages() {}

  static ToRoom toRoom(AudioFrame frame, int track) {
    return ToRoom.newBuilder()
        .setPcm(frame.toByteString())
        .setTimestampMs(frame.timestampMillis())
        .setTrack(track)
        .build();
  }

  static AudioFrame frame(ToRoom message) {
    return AudioFrame.received(
        message.getPcm(), AudioFormat.VOICE, TrackId.SPEAKER, message.getTimestampMs(), 0, "");
  }

  static FromRoom fromRoom(AudioFrame frame, String source, String trackName) {
    return FromRoom.newBuilder()
        .setPcm(frame.toByteString())
        .setTimestampMs(frame.timestampMillis())
        .setSource(source)
        .setTrackName(trackName)
        .build();
  }

  static AudioFrame frame(FromRoom message) {
    return AudioFrame.received(
        message.getPcm(),
        AudioFormat.VOICE,
        TrackId.SPEAKER,
        message.getTimestampMs(),
        0,
        message.getSource());
  }

  static FromRoom joined(String identity, int participants) {
    return FromRoom.newBuilder()
        .setJoined(Joined.newBuilder().setIdentity(identity).setParticipants(participants))
        .build();
  }

  static FromRoom participants(int count) {
    return FromRoom.newBuilder().setParticipants(count).build();
  }

  static FromRoom trackReady(int handle) {
    return FromRoom.newBuilder().setTrackReady(handle).build();
  }

  static FromRoom ended(CloseReason reason, String detail) {
    return FromRoom.newBuilder()
        .setEnded(Ended.newBuilder().setReason(reason.name()).setDetail(detail))
        .build();
  }

  static InputKind kind(AudioInput input) {
    return switch (input) {
      case AUDIO_TRACKS -> InputKind.AUDIO_TRACKS;
      case BOTH -> InputKind.BOTH;
      case DATA_PACKETS, UNRECOGNIZED -> InputKind.DATA_PACKETS;
    };
  }

  static AudioInput input(InputKind kind) {
    return switch (kind) {
      case AUDIO_TRACKS -> AudioInput.AUDIO_TRACKS;
      case BOTH -> AudioInput.BOTH;
      case DATA_PACKETS, UNRECOGNIZED -> AudioInput.DATA_PACKETS;
    };
  }
}
