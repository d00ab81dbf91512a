package dev.livekitbridge.examples.demo;

import dev.livekitbridge.examples.roomhost.HeardTrack;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.roomhost.RoomHostClient;
import dev.livekitbridge.server.room.memory.ParticipantInfo;

/** People in a room of a room host. */
final class HostPeople implements People {
  private static final String SPEAKER = "alice";
  private static final String COUNTER = "counter";
  private static final String LISTENER = "bob";

  private final RoomHostClient host;
  private final String room;
  private final int stream;
  private int readOfSpoken;
  private int readOfHeard;
  private boolean spoke;

  HostPeople(RoomHostClient host, String room, int stream) {
    this.host = host;
    this.room = room;
    this.stream = stream;
  }

  @Override
  public void listen() {
    host.addListener(room, LISTENER, true);
  }

  @Override
  public void speak(byte[] speech) {
    host.addNumberedSpeaker(room, COUNTER, "", stream, 0);
    host.addSpeaker(room, SPEAKER, "", speech, 0);
    spoke = true;
  }

  @Override
  public void fallSilent() {
    host.remove(room, COUNTER);
    host.remove(room, SPEAKER);
  }

  @Override
  public void leave() {
    host.remove(room, LISTENER);
  }

  @Override
  public synchronized void refresh(FrameFlow toService, FrameFlow toRoom) {
    long[] spoken = spoke ? host.spoken(room, COUNTER) : new long[0];
    for (; readOfSpoken < spoken.length; readOfSpoken++) {
      // The first frame is number 1.
      toService.sent(FrameFlow.number(stream, readOfSpoken + 1), spoken[readOfSpoken]);
    }
    for (HeardTrack track : host.heard(room, LISTENER)) {
      if (track.trackName().equals(DemoService.NUMBERS.trackName())) {
        for (; readOfHeard < track.numbers().length; readOfHeard++) {
          long read = track.numbers()[readOfHeard];
          if (read >= 0) {
            toRoom.heard(
                FrameFlow.number(NumberedFrames.stream(read), (int) NumberedFrames.number(read)),
                track.heardAtMillis()[readOfHeard]);
          }
        }
      }
    }
  }

  @Override
  public int speechSaid() {
    return spoke ? host.spoken(room, SPEAKER).length : 0;
  }

  @Override
  public byte[] speechHeard(String service) {
    return host.recording(room, LISTENER, service, "speaker");
  }

  @Override
  public int bridges() {
    return (int)
        host.participants(room).stream()
            .filter(participant -> participant.kind() == ParticipantInfo.Kind.BRIDGE)
            .count();
  }
}
