package dev.livekitbridge.examples.cli;

import dev.livekitbridge.examples.terminal.CommandException;
import dev.livekitbridge.examples.terminal.ExitCode;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.BridgeStatusResponse;
import dev.livekitbridge.proto.FrameLaw;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.HealthCheckResponse;
import dev.livekitbridge.proto.HealthCheckResponse.ServingStatus;
import dev.livekitbridge.proto.LiveKitBridgeGrpc;
import dev.livekitbridge.proto.LiveKitBridgeGrpc.LiveKitBridgeBlockingStub;
import dev.livekitbridge.proto.SessionStats;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a bridge how it is. */
@Command(
    name = "status",
    description = "Ask a bridge how it is, and how one user's session is.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The bridge serves.",
      "2:Wrong command line.",
      "3:It does not answer, or does not take new sessions."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  bridge status",
      "  bridge status --bridge unix:/run/bridge.sock --user alice@example.com",
      "  bridge status --json | jq .active_sessions",
      "  bridge status --bridge bridge.example.com:9090 --tls --bearer-file token",
    })
final class StatusCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Mixin private BridgeTarget bridge = new BridgeTarget();

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER",
      description = "Also tell how this user's session is.")
  private @Nullable String user;

  @Option(
      names = "--timeout",
      paramLabel = "MS",
      defaultValue = "3000",
      description = "How long to wait for an answer (default: ${DEFAULT-VALUE} ms).")
  private long timeoutMillis;

  @Option(names = "--json", description = "Write one JSON object.")
  private boolean json;

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    String address = bridge.address();
    ManagedChannel channel = bridge.channel();
    try {
      return ask(channel, address);
    } catch (StatusRuntimeException e) {
      throw new CommandException(ExitCode.UNREACHABLE, why(address, e.getStatus().getCode()), e);
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(1, TimeUnit.SECONDS);
    }
  }

  private String why(String address, Status.Code code) {
    return switch (code) {
      case UNAUTHENTICATED ->
          "the bridge at "
              + address
              + " does not know who asks (UNAUTHENTICATED): give a token that it takes, by"
              + " --bearer-file or LIVEKIT_GRPC_TOKEN";
      case PERMISSION_DENIED ->
          "the bridge at "
              + address
              + " does not let this token ask about that user (PERMISSION_DENIED)";
      default -> "no bridge answers at " + address + " (" + code + "); " + bridge.whatToCheck();
    };
  }

  private int ask(ManagedChannel channel, String address) {
    LiveKitBridgeBlockingStub stub =
        LiveKitBridgeGrpc.newBlockingStub(channel)
            .withDeadlineAfter(Duration.ofMillis(timeoutMillis));
    HealthCheckResponse health = stub.healthCheck(HealthCheckRequest.getDefaultInstance());
    BridgeStatusResponse status =
        user == null
            ? null
            : stub.getStatus(
                BridgeStatusRequest.newBuilder().setUserId(user).setDetails(true).build());
    if (json) {
      terminal.json(asJson(address, health, status));
    } else {
      show(address, health, status);
    }
    return health.getStatus() == ServingStatus.SERVING ? ExitCode.OK : ExitCode.UNREACHABLE;
  }

  private void show(
      String address, HealthCheckResponse health, @Nullable BridgeStatusResponse status) {
    boolean serving = health.getStatus() == ServingStatus.SERVING;
    String word = health.getStatus().name();
    terminal.line(
        "bridge at " + address + ": " + (serving ? terminal.green(word) : terminal.red(word)));
    terminal.line("  sessions  " + health.getActiveSessions());
    terminal.line("  streams   " + health.getActiveStreams());
    terminal.line("  up for    " + health.getUptimeSeconds() + " s");
    health.getMetadataMap().forEach((key, value) -> terminal.line("  " + key + "  " + value));
    if (status != null) {
      terminal.line("user " + user + ": " + (status.getConnected() ? "connected" : "no session"));
      if (status.getConnected()) {
        terminal.line("  as            " + status.getParticipantId());
        terminal.line("  participants  " + status.getParticipantCount());
      }
      if (status.hasStats()) {
        SessionStats stats = status.getStats();
        terminal.line("  in the room   " + stats.getRoomName());
        terminal.line("  for           " + stats.getSessionDurationMs() / 1_000 + " s");
        terminal.line("  to client     " + law(stats.getToClient()));
        terminal.line("  to room       " + law(stats.getToRoom()));
      }
      if (status.getLastDisconnectAt() > 0) {
        terminal.line(
            "  last ended    "
                + Instant.ofEpochMilli(status.getLastDisconnectAt())
                + " "
                + status.getLastDisconnectReason());
      }
    }
  }

  private Map<String, Object> asJson(
      String address, HealthCheckResponse health, @Nullable BridgeStatusResponse status) {
    Map<String, Object> result =
        Json.object(
            "bridge", address,
            "status", health.getStatus().name(),
            "active_sessions", health.getActiveSessions(),
            "active_streams", health.getActiveStreams(),
            "uptime_seconds", health.getUptimeSeconds(),
            "metadata", health.getMetadataMap());
    if (status != null) {
      Map<String, Object> told =
          Json.object(
              "user_id", String.valueOf(user),
              "connected", status.getConnected(),
              "participant_id", status.getParticipantId(),
              "participant_count", status.getParticipantCount(),
              "last_disconnect_at", status.getLastDisconnectAt(),
              "last_disconnect_reason", status.getLastDisconnectReason(),
              "server_version", status.getServerVersion());
      if (status.hasStats()) {
        told.put("stats", asJson(status.getStats()));
      }
      result.put("user", told);
    }
    return result;
  }

  private static Map<String, Object> asJson(SessionStats stats) {
    return Json.object(
        "room_name", stats.getRoomName(),
        "session_duration_ms", stats.getSessionDurationMs(),
        "audio_frames_sent", stats.getAudioFramesSent(),
        "audio_frames_received", stats.getAudioFramesReceived(),
        "bytes_sent", stats.getBytesSent(),
        "bytes_received", stats.getBytesReceived(),
        "to_client", asJson(stats.getToClient()),
        "to_room", asJson(stats.getToRoom()));
  }

  private static Map<String, Object> asJson(FrameLaw law) {
    return Json.object(
        "accepted", law.getAccepted(),
        "delivered", law.getDelivered(),
        "dropped", law.getDroppedMap(),
        "buffered", law.getBuffered(),
        "replayed", law.getReplayed(),
        "duplicates", law.getDuplicates(),
        "missing", law.getMissing());
  }

  private static String law(FrameLaw law) {
    return law.getAccepted()
        + " frames: "
        + law.getDelivered()
        + " delivered, "
        + law.getBuffered()
        + " held, dropped "
        + new TreeMap<>(law.getDroppedMap())
        + ", "
        + law.getReplayed()
        + " sent again";
  }
}
