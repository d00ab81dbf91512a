package dev.livekitbridge.server.room.livekit.signal;

import dev.livekitbridge.server.room.livekit.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import java.util.List;
import livekit.LivekitModels.DataPacket;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.Room;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.UserPacket;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.ParticipantUpdate;
import livekit.LivekitRtc.SessionDescription;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.TrickleRequest;

/** Any messages of a server, and the texts that come with them. */
public final class SignalFuzz {
  private SignalFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    long now = 0;
    SignalMachine machine = new SignalMachine(FuzzInput.deaf(SignalListener.class), now);
    for (byte[] packet : FuzzInput.packets(input)) {
      machine.receive(ByteBuffer.wrap(packet), now);
      for (int i = 0; i < 5 && machine.deadlineNanos() < Long.MAX_VALUE; i++) {
        now = Math.max(now, machine.deadlineNanos());
        machine.onTimeout(now);
        FuzzInput.check(machine.deadlineNanos() > now, "the timer runs in circles");
      }
      dev.livekitbridge.server.room.livekit.signal.UserPacket.read(ByteBuffer.wrap(packet));
    }
    String text = FuzzInput.text(input);
    Trickle.read(text);
    Claims.read(text);
    Refusal.of(401, text, "a-token-of-ours");
  }

  public static List<byte[]> seeds() {
    ParticipantInfo alice =
        ParticipantInfo.newBuilder()
            .setSid("PA_1")
            .setIdentity("alice")
            .addTracks(TrackInfo.newBuilder().setSid("TR_1").setName("microphone"))
            .build();
    SignalResponse join =
        SignalResponse.newBuilder()
            .setJoin(
                JoinResponse.newBuilder()
                    .setRoom(Room.newBuilder().setName("room"))
                    .setParticipant(alice)
                    .addOtherParticipants(alice)
                    .setPingInterval(5)
                    .setPingTimeout(15))
            .build();
    SignalResponse offer =
        SignalResponse.newBuilder()
            .setOffer(SessionDescription.newBuilder().setType("offer").setSdp("v=0\r\n").setId(1))
            .build();
    SignalResponse update =
        SignalResponse.newBuilder()
            .setUpdate(ParticipantUpdate.newBuilder().addParticipants(alice))
            .build();
    SignalResponse trickle =
        SignalResponse.newBuilder()
            .setTrickle(TrickleRequest.newBuilder().setCandidateInit("{\"candidate\":\"x\"}"))
            .build();
    DataPacket data =
        DataPacket.newBuilder()
            .setParticipantIdentity("alice")
            .setUser(
                UserPacket.newBuilder()
                    .setPayload(com.google.protobuf.ByteString.copyFrom(new byte[64])))
            .build();
    return List.of(
        FuzzInput.of(
            join.toByteArray(),
            offer.toByteArray(),
            update.toByteArray(),
            trickle.toByteArray(),
            data.toByteArray()),
        "{\"candidate\":\"candidate:1 1 udp 1 127.0.0.1 1 typ host\",\"sdpMid\":\"0\"}"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8),
        "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjEsInZpZGVvIjp7InJvb20iOiJyIn19.c2ln"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
