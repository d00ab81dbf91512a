package dev.livekitbridge.examples.livekit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitRoom.DeleteRoomRequest;
import livekit.LivekitRoom.ListParticipantsRequest;
import livekit.LivekitRoom.ListParticipantsResponse;
import livekit.LivekitRoom.RoomParticipantIdentity;

/**
 * Asks a LiveKit server who is in a room, and takes people out. Its calls wait for the answer, at
 * most five seconds. Safe for use by many threads.
 */
public final class LiveKitAdmin {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final LiveKitAccess access;

  /**
   * An administrator.
   *
   * @param access where and with which key
   */
  public LiveKitAdmin(LiveKitAccess access) {
    this.access = access;
  }

  /**
   * Who is in a room.
   *
   * @param room its name
   * @return identities; empty where there is no such room
   */
  public List<String> participants(String room) {
    try {
      byte[] answer =
          call(
              room, "ListParticipants", ListParticipantsRequest.newBuilder().setRoom(room).build());
      return ListParticipantsResponse.parseFrom(answer).getParticipantsList().stream()
          .map(ParticipantInfo::getIdentity)
          .toList();
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes someone out of a room.
   *
   * @param room its name
   * @param identity who; may be gone already
   */
  public void remove(String room, String identity) {
    call(
        room,
        "RemoveParticipant",
        RoomParticipantIdentity.newBuilder().setRoom(room).setIdentity(identity).build());
  }

  /**
   * Takes everyone out of a room.
   *
   * @param room its name; may be gone already
   */
  public void delete(String room) {
    call(room, "DeleteRoom", DeleteRoomRequest.newBuilder().setRoom(room).build());
  }

  private byte[] call(String room, String method, Message request) {
    HttpRequest post =
        HttpRequest.newBuilder(
                URI.create(httpUrl(access.url()) + "/twirp/livekit.RoomService/" + method))
            .header("Content-Type", "application/protobuf")
            .header("Authorization", "Bearer " + access.adminToken(room))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofByteArray(request.toByteArray()))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(post, HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() == 404) {
        return new byte[0];
      }
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(
            "the LiveKit server at "
                + access.url()
                + " answered HTTP "
                + answer.statusCode()
                + " to "
                + method
                + "; 'bridge doctor' tells whether key and secret are right");
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the LiveKit server at " + access.url() + " does not answer " + method, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + method, e);
    }
  }

  /** The same server for HTTP. */
  static String httpUrl(String url) {
    String http = url.startsWith("ws") ? "http" + url.substring(2) : url;
    return http.endsWith("/") ? http.substring(0, http.length() - 1) : http;
  }
}
