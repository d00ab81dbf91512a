package dev.livekitbridge.examples.roomhost;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.livekitbridge.core.BridgeException;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.examples.roomhost.proto.AddListenerRequest;
import dev.livekitbridge.examples.roomhost.proto.AddSpeakerRequest;
import dev.livekitbridge.examples.roomhost.proto.DeleteRoomRequest;
import dev.livekitbridge.examples.roomhost.proto.HeardResponse;
import dev.livekitbridge.examples.roomhost.proto.JoinAsForeign;
import dev.livekitbridge.examples.roomhost.proto.ListRoomsRequest;
import dev.livekitbridge.examples.roomhost.proto.LoseRoomRequest;
import dev.livekitbridge.examples.roomhost.proto.ParticipantKind;
import dev.livekitbridge.examples.roomhost.proto.ParticipantRequest;
import dev.livekitbridge.examples.roomhost.proto.RecordingRequest;
import dev.livekitbridge.examples.roomhost.proto.RemoveParticipantRequest;
import dev.livekitbridge.examples.roomhost.proto.RoomHostGrpc;
import dev.livekitbridge.examples.roomhost.proto.RoomInfo;
import dev.livekitbridge.examples.roomhost.proto.ScriptJoinsRequest;
import dev.livekitbridge.examples.roomhost.proto.StatsRequest;
import dev.livekitbridge.examples.roomhost.proto.StatsResponse;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Everyone's way to a room host but a bridge's: to be in a room, to have someone speak and listen
 * there, to ask who is in it and what was heard, and to make things go wrong. Its calls wait for
 * the answer, at most 10 s, and fail with a {@link BridgeException}. Safe for use by many threads.
 */
public final class RoomHostClient implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;
  private static final int RECORDING_SECONDS = 60;

  private final String address;
  private final HostLoop loop = HostLoop.create("room-host-client");
  private final HostChannels channels = new HostChannels(loop);
  private final HostAddress host;

  private RoomHostClient(String address) {
    this.address = address;
    this.host = HostAddress.of(address);
  }

  /**
   * A client; close it.
   *
   * @param address {@code HOST:PORT} of the room host
   * @return not connected yet
   * @throws BridgeException with BAD_REQUEST if it is no address
   */
  public static RoomHostClient create(String address) {
    return new RoomHostClient(address);
  }

  /**
   * Joins a room as a foreign participant.
   *
   * @param room its name
   * @param identity who joins; takes out anyone of the same identity
   * @return the participant, once it is in; cancel it to stay out
   */
  public CompletableFuture<RemoteParticipant> enter(String room, String identity) {
    RemoteParticipant participant =
        new RemoteParticipant(identity + " in room " + room + " on " + address, loop.scheduler());
    RoomHostGrpc.newStub(channels.to(host)).participate(participant.stream());
    participant.stream()
        .send(
            ToRoom.newBuilder()
                .setJoinAsForeign(JoinAsForeign.newBuilder().setRoom(room).setIdentity(identity))
                .build());
    CompletableFuture<RemoteParticipant> entered =
        participant.stream().joined().thenApply(in -> participant);
    entered.whenComplete(
        (in, failed) -> {
          if (entered.isCancelled()) {
            participant.stream().cancelJoin();
          }
        });
    return entered;
  }

  /**
   * Who is in which room.
   *
   * @return by the room's name; rooms without anyone do not exist
   */
  public Map<String, List<ParticipantInfo>> rooms() {
    Map<String, List<ParticipantInfo>> rooms = new LinkedHashMap<>();
    for (RoomInfo room :
        call(stub -> stub.listRooms(ListRoomsRequest.getDefaultInstance())).getRoomsList()) {
      rooms.put(
          room.getName(),
          room.getParticipantsList().stream()
              .map(
                  each ->
                      new ParticipantInfo(
                          each.getIdentity(),
                          each.getKind() == ParticipantKind.BRIDGE
                              ? ParticipantInfo.Kind.BRIDGE
                              : ParticipantInfo.Kind.FOREIGN,
                          each.getTracksList()))
              .toList());
    }
    return rooms;
  }

  /**
   * Who is in a room.
   *
   * @param room its name
   * @return empty where there is no such room
   */
  public List<ParticipantInfo> participants(String room) {
    return rooms().getOrDefault(room, List.of());
  }

  /**
   * Puts a participant into the room that speaks numbered frames of 20 ms, numbered from 1, at the
   * pace of real time. It goes on when this client is gone.
   *
   * @param room its name
   * @param identity who speaks
   * @param trackName on which track; empty for data packets
   * @param stream the stream of {@link NumberedFrames}
   * @param frames how many; 0 for no end
   */
  public void addNumberedSpeaker(
      String room, String identity, String trackName, int stream, long frames) {
    AddSpeakerRequest.Builder request = speaker(room, identity, trackName, frames);
    call(stub -> stub.addSpeaker(request.setNumberedStream(stream).build()));
  }

  /**
   * Puts a participant into the room that says the same sound over and over, in frames of 20 ms at
   * the pace of real time. It goes on when this client is gone.
   *
   * @param room its name
   * @param identity who speaks
   * @param trackName on which track; empty for data packets
   * @param pcm PCM16 little-endian, 16 kHz mono
   * @param frames how many; 0 for no end
   */
  public void addSpeaker(String room, String identity, String trackName, byte[] pcm, long frames) {
    AddSpeakerRequest.Builder request = speaker(room, identity, trackName, frames);
    ByteString sound = UnsafeByteOperations.unsafeWrap(pcm);
    call(stub -> stub.addSpeaker(request.setPcm(sound).build()));
  }

  /**
   * Puts a participant into the room that writes down what it hears on the tracks of others. It
   * goes on when this client is gone.
   *
   * @param room its name
   * @param identity who listens
   * @param keepPcm whether to keep the sound as well, at most 10 minutes a track
   */
  public void addListener(String room, String identity, boolean keepPcm) {
    call(
        stub ->
            stub.addListener(
                AddListenerRequest.newBuilder()
                    .setRoom(room)
                    .setIdentity(identity)
                    .setKeepPcm(keepPcm)
                    .build()));
  }

  /**
   * When a speaker said its frames.
   *
   * @param room its room
   * @param identity who spoke; may be gone
   * @return of frame 1, 2, 3 …, epoch milliseconds of the host
   */
  public long[] spoken(String room, String identity) {
    return Deltas.decode(
        call(stub -> stub.getSpoken(participant(room, identity))).getSaidAtMsList());
  }

  /**
   * What a listener heard.
   *
   * @param room its room
   * @param identity who listened; may be gone
   * @return one for each track, in the order in which they were first heard
   */
  public List<HeardTrack> heard(String room, String identity) {
    HeardResponse heard = call(stub -> stub.getHeard(participant(room, identity)));
    return heard.getTracksList().stream()
        .map(
            track ->
                new HeardTrack(
                    track.getIdentity(),
                    track.getTrackName(),
                    track.getFrames(),
                    track.getBytes(),
                    Deltas.decode(track.getHeardAtMsList()),
                    track.getNumbersList().stream().mapToLong(Long::longValue).toArray()))
        .toList();
  }

  /**
   * The sound that a listener heard and kept.
   *
   * @param room its room
   * @param identity who listened
   * @param ofIdentity who spoke
   * @param ofTrack on which track
   * @return PCM16 little-endian, 16 kHz mono; empty where it heard nothing
   */
  public byte[] recording(String room, String identity, String ofIdentity, String ofTrack) {
    RecordingRequest request =
        RecordingRequest.newBuilder()
            .setRoom(room)
            .setIdentity(identity)
            .setOfIdentity(ofIdentity)
            .setOfTrack(ofTrack)
            .build();
    return call(
        RECORDING_SECONDS,
        stub -> {
          ByteArrayOutputStream pcm = new ByteArrayOutputStream();
          stub.getRecording(request)
              .forEachRemaining(chunk -> pcm.writeBytes(chunk.getPcm().toByteArray()));
          return pcm.toByteArray();
        });
  }

  /**
   * Takes someone out of a room; they hear REMOVED.
   *
   * @param room its name
   * @param identity who
   * @return whether they were in
   */
  public boolean remove(String room, String identity) {
    return call(stub ->
            stub.removeParticipant(
                RemoveParticipantRequest.newBuilder().setRoom(room).setIdentity(identity).build()))
        .getRemoved();
  }

  /**
   * Takes everyone out of a room; they hear ROOM_DELETED.
   *
   * @param room its name
   */
  public void delete(String room) {
    call(stub -> stub.deleteRoom(DeleteRoomRequest.newBuilder().setRoom(room).build()));
  }

  /**
   * Breaks the link between a room and its bridges: they hear ROOM_LOST.
   *
   * @param room its name
   */
  public void lose(String room) {
    call(stub -> stub.loseRoom(LoseRoomRequest.newBuilder().setRoom(room).build()));
  }

  /**
   * Makes joins of bridges fail.
   *
   * @param joins how many of the next; 0 for all until {@link #letJoin}
   * @param reason what they hear
   */
  public void failJoins(int joins, CloseReason reason) {
    script(ScriptJoinsRequest.newBuilder().setJoins(joins).setFailWith(reason.name()));
  }

  /**
   * Makes joins of bridges hang.
   *
   * @param joins how many of the next; 0 for all until {@link #letJoin}
   */
  public void hangJoins(int joins) {
    script(ScriptJoinsRequest.newBuilder().setJoins(joins).setHang(true));
  }

  /**
   * Makes joins of bridges slow.
   *
   * @param joins how many of the next; 0 for all until {@link #letJoin}
   * @param millis how long they take
   */
  public void delayJoins(int joins, int millis) {
    script(ScriptJoinsRequest.newBuilder().setJoins(joins).setDelayMs(millis));
  }

  /** Lets all joins of bridges in again. */
  public void letJoin() {
    script(ScriptJoinsRequest.newBuilder().setLetIn(true));
  }

  /**
   * What passed through the host.
   *
   * @return its counts
   */
  public StatsResponse stats() {
    return call(stub -> stub.getStats(StatsRequest.getDefaultInstance()));
  }

  /** Ends the connection: participants that this client drives leave. */
  @Override
  public void close() {
    channels.close();
    loop.close();
  }

  private void script(ScriptJoinsRequest.Builder script) {
    call(stub -> stub.scriptJoins(script.build()));
  }

  private static AddSpeakerRequest.Builder speaker(
      String room, String identity, String trackName, long frames) {
    return AddSpeakerRequest.newBuilder()
        .setRoom(room)
        .setIdentity(identity)
        .setTrackName(trackName)
        .setFrames(frames);
  }

  private static ParticipantRequest participant(String room, String identity) {
    return ParticipantRequest.newBuilder().setRoom(room).setIdentity(identity).build();
  }

  private <T> T call(Function<RoomHostGrpc.RoomHostBlockingStub, T> call) {
    return call(PATIENCE_SECONDS, call);
  }

  private <T> T call(int seconds, Function<RoomHostGrpc.RoomHostBlockingStub, T> call) {
    try {
      return call.apply(
          RoomHostGrpc.newBlockingStub(channels.to(host))
              .withDeadlineAfter(seconds, TimeUnit.SECONDS));
    } catch (StatusRuntimeException e) {
      CloseReason reason =
          e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT
                  || e.getStatus().getCode() == Status.Code.NOT_FOUND
              ? CloseReason.BAD_REQUEST
              : CloseReason.ROOM_UNREACHABLE;
      throw new BridgeException(reason, "room host " + address + ": " + e.getMessage(), e);
    }
  }
}
