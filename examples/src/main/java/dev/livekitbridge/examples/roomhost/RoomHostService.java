package dev.livekitbridge.examples.roomhost;

import com.google.common.primitives.Longs;
import com.google.protobuf.ByteString;
import dev.livekitbridge.core.CloseReason;
import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.roomhost.proto.AddListenerRequest;
import dev.livekitbridge.examples.roomhost.proto.AddListenerResponse;
import dev.livekitbridge.examples.roomhost.proto.AddSpeakerRequest;
import dev.livekitbridge.examples.roomhost.proto.AddSpeakerResponse;
import dev.livekitbridge.examples.roomhost.proto.DeleteRoomRequest;
import dev.livekitbridge.examples.roomhost.proto.DeleteRoomResponse;
import dev.livekitbridge.examples.roomhost.proto.FromRoom;
import dev.livekitbridge.examples.roomhost.proto.HeardResponse;
import dev.livekitbridge.examples.roomhost.proto.ListRoomsRequest;
import dev.livekitbridge.examples.roomhost.proto.ListRoomsResponse;
import dev.livekitbridge.examples.roomhost.proto.LoseRoomRequest;
import dev.livekitbridge.examples.roomhost.proto.LoseRoomResponse;
import dev.livekitbridge.examples.roomhost.proto.Participant;
import dev.livekitbridge.examples.roomhost.proto.ParticipantKind;
import dev.livekitbridge.examples.roomhost.proto.ParticipantRequest;
import dev.livekitbridge.examples.roomhost.proto.RecordingChunk;
import dev.livekitbridge.examples.roomhost.proto.RecordingRequest;
import dev.livekitbridge.examples.roomhost.proto.RemoveParticipantRequest;
import dev.livekitbridge.examples.roomhost.proto.RemoveParticipantResponse;
import dev.livekitbridge.examples.roomhost.proto.RoomHostGrpc;
import dev.livekitbridge.examples.roomhost.proto.RoomInfo;
import dev.livekitbridge.examples.roomhost.proto.ScriptJoinsRequest;
import dev.livekitbridge.examples.roomhost.proto.ScriptJoinsResponse;
import dev.livekitbridge.examples.roomhost.proto.SpokenResponse;
import dev.livekitbridge.examples.roomhost.proto.StatsRequest;
import dev.livekitbridge.examples.roomhost.proto.StatsResponse;
import dev.livekitbridge.examples.roomhost.proto.ToRoom;
import dev.livekitbridge.server.room.memory.JoinGate;
import dev.livekitbridge.server.room.memory.MemoryParticipant;
import dev.livekitbridge.server.room.memory.MemoryRoom;
import dev.livekitbridge.server.room.memory.MemoryRooms;
import dev.livekitbridge.server.room.memory.ParticipantInfo;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The room host's calls: each is turned into calls on memory rooms. */
final class RoomHostService extends RoomHostGrpc.RoomHostImplBase {
  private static final int DEFAULT_FRAME_MILLIS = 20;
  private static final int SAMPLES_PER_MILLI = 16;

  private final MemoryRooms rooms;
  private final TimeSource time;
  private final ScheduledExecutorService scheduler;
  private final SpeakerPacer pacer;
  private final HostCounts counts = new HostCounts();
  private final StreamWatch watch;
  private final Map<Seated, Speaker> speakers = new ConcurrentHashMap<>();
  private final Map<Seated, HearingLog> listeners = new ConcurrentHashMap<>();

  private record Seated(String room, String identity) {}

  RoomHostService(
      MemoryRooms rooms, TimeSource time, ScheduledExecutorService scheduler, Duration keepalive) {
    this.rooms = rooms;
    this.time = time;
    this.scheduler = scheduler;
    this.pacer = new SpeakerPacer(scheduler);
    this.watch = new StreamWatch(scheduler, keepalive);
  }

  @Override
  public StreamObserver<ToRoom> participate(StreamObserver<FromRoom> answers) {
    return new ParticipantStream(
        rooms, rooms, counts, watch, (ServerCallStreamObserver<FromRoom>) answers);
  }

  @Override
  public void listRooms(ListRoomsRequest request, StreamObserver<ListRoomsResponse> answers) {
    answer(
        answers,
        () -> {
          ListRoomsResponse.Builder list = ListRoomsResponse.newBuilder();
          rooms.rooms().forEach(room -> list.addRooms(info(room)));
          return list.build();
        });
  }

  @Override
  public void removeParticipant(
      RemoveParticipantRequest request, StreamObserver<RemoveParticipantResponse> answers) {
    answer(
        answers,
        () ->
            RemoveParticipantResponse.newBuilder()
                .setRemoved(rooms.room(request.getRoom()).remove(request.getIdentity()))
                .build());
  }

  @Override
  public void deleteRoom(DeleteRoomRequest request, StreamObserver<DeleteRoomResponse> answers) {
    answer(
        answers,
        () -> {
          rooms.room(request.getRoom()).delete();
          return DeleteRoomResponse.getDefaultInstance();
        });
  }

  @Override
  public void addSpeaker(AddSpeakerRequest request, StreamObserver<AddSpeakerResponse> answers) {
    answer(
        answers,
        () -> {
          int millis = request.getFrameMs() == 0 ? DEFAULT_FRAME_MILLIS : request.getFrameMs();
          if (millis < 1 || millis > 1_000) {
            throw new IllegalArgumentException("frame_ms: " + millis + " (expected: 1 to 1000)");
          }
          FrameSource source = source(request, millis * SAMPLES_PER_MILLI);
          MemoryParticipant who = enter(request.getRoom(), request.getIdentity());
          Speaker speaker =
              new Speaker(
                  who,
                  request.getTrackName().isEmpty()
                      ? null
                      : who.publishTrack(request.getTrackName()),
                  source,
                  TimeUnit.MILLISECONDS.toNanos(millis),
                  request.getFrames(),
                  time);
          speakers.put(new Seated(request.getRoom(), request.getIdentity()), speaker);
          pacer.add(speaker);
          return AddSpeakerResponse.getDefaultInstance();
        });
  }

  @Override
  public void addListener(AddListenerRequest request, StreamObserver<AddListenerResponse> answers) {
    answer(
        answers,
        () -> {
          HearingLog hearing = new HearingLog(time, request.getKeepPcm());
          enter(request.getRoom(), request.getIdentity()).onAudio(hearing);
          listeners.put(new Seated(request.getRoom(), request.getIdentity()), hearing);
          return AddListenerResponse.getDefaultInstance();
        });
  }

  @Override
  public void getSpoken(ParticipantRequest request, StreamObserver<SpokenResponse> answers) {
    answer(
        answers,
        () -> {
          Speaker speaker = find(speakers, request.getRoom(), request.getIdentity());
          return SpokenResponse.newBuilder()
              .addAllSaidAtMs(Deltas.encode(speaker.saidAtMillis()))
              .build();
        });
  }

  @Override
  public void getHeard(ParticipantRequest request, StreamObserver<HeardResponse> answers) {
    answer(
        answers,
        () -> {
          HeardResponse.Builder heard = HeardResponse.newBuilder();
          for (HeardTrack track :
              find(listeners, request.getRoom(), request.getIdentity()).report()) {
            heard
                .addTracksBuilder()
                .setIdentity(track.identity())
                .setTrackName(track.trackName())
                .setFrames(track.frames())
                .setBytes(track.bytes())
                .addAllHeardAtMs(Deltas.encode(track.heardAtMillis()))
                .addAllNumbers(Longs.asList(track.numbers()));
          }
          return heard.build();
        });
  }

  @Override
  public void getRecording(RecordingRequest request, StreamObserver<RecordingChunk> answers) {
    try {
      for (ByteString pcm :
          find(listeners, request.getRoom(), request.getIdentity())
              .recording(request.getOfIdentity(), request.getOfTrack())) {
        answers.onNext(RecordingChunk.newBuilder().setPcm(pcm).build());
      }
      answers.onCompleted();
    } catch (IllegalArgumentException e) {
      answers.onError(Status.NOT_FOUND.withDescription(e.getMessage()).asRuntimeException());
    }
  }

  @Override
  public void loseRoom(LoseRoomRequest request, StreamObserver<LoseRoomResponse> answers) {
    answer(
        answers,
        () -> {
          rooms.room(request.getRoom()).lose();
          return LoseRoomResponse.getDefaultInstance();
        });
  }

  @Override
  public void scriptJoins(ScriptJoinsRequest request, StreamObserver<ScriptJoinsResponse> answers) {
    answer(
        answers,
        () -> {
          if (request.getJoins() == 0) {
            rooms.everyJoin(gate(request));
          }
          for (int i = 0; i < request.getJoins(); i++) {
            rooms.nextJoin(gate(request));
          }
          return ScriptJoinsResponse.getDefaultInstance();
        });
  }

  @Override
  public void getStats(StatsRequest request, StreamObserver<StatsResponse> answers) {
    answer(
        answers,
        () ->
            StatsResponse.newBuilder()
                .setRooms(rooms.rooms().size())
                .setBridgeParticipants(rooms.participantCount(ParticipantInfo.Kind.BRIDGE))
                .setForeignParticipants(rooms.participantCount(ParticipantInfo.Kind.FOREIGN))
                .setFramesFromBridges(counts.fromBridges.sum())
                .setFramesToBridges(counts.toBridges.sum())
                .setCutParticipants(counts.cut.sum())
                .build());
  }

  private MemoryParticipant enter(String room, String identity) {
    if (room.isEmpty()) {
      throw new IllegalArgumentException("room: empty (expected: a name)");
    }
    return rooms.room(room).join(identity);
  }

  private JoinGate gate(ScriptJoinsRequest request) {
    return switch (request.getScriptCase()) {
      case FAIL_WITH ->
          JoinGate.fail(
              CloseReason.parse(request.getFailWith())
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "fail_with: "
                                  + request.getFailWith()
                                  + " (expected: the name of a CloseReason)")));
      case HANG -> JoinGate.hang();
      case DELAY_MS -> JoinGate.slow(Duration.ofMillis(request.getDelayMs()), scheduler);
      case LET_IN, SCRIPT_NOT_SET -> JoinGate.open();
    };
  }

  private static FrameSource source(AddSpeakerRequest request, int samples) {
    return switch (request.getSourceCase()) {
      case NUMBERED_STREAM -> FrameSource.numbered(request.getNumberedStream(), samples);
      case PCM -> FrameSource.loop(request.getPcm(), samples);
      case SOURCE_NOT_SET ->
          throw new IllegalArgumentException("source: expected numbered_stream or pcm");
    };
  }

  private static <T> T find(Map<Seated, T> all, String room, String identity) {
    T found = all.get(new Seated(room, identity));
    if (found == null) {
      throw new IllegalArgumentException("nobody of that kind: " + identity + " in " + room);
    }
    return found;
  }

  private static RoomInfo info(MemoryRoom room) {
    RoomInfo.Builder info = RoomInfo.newBuilder().setName(room.name());
    for (ParticipantInfo each : room.participants()) {
      info.addParticipants(
          Participant.newBuilder()
              .setIdentity(each.identity())
              .setKind(
                  each.kind() == ParticipantInfo.Kind.BRIDGE
                      ? ParticipantKind.BRIDGE
                      : ParticipantKind.FOREIGN)
              .addAllTracks(each.tracks()));
    }
    return info.build();
  }

  private static <T> void answer(StreamObserver<T> answers, Supplier<T> work) {
    T done;
    try {
      done = work.get();
    } catch (IllegalArgumentException | IllegalStateException e) {
      answers.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
      return;
    }
    answers.onNext(done);
    answers.onCompleted();
  }
}
