package dev.livekitbridge.examples.cli;

import dev.livekitbridge.client.BridgeClient;
import dev.livekitbridge.client.BridgeSession;
import dev.livekitbridge.client.SessionRequest;
import dev.livekitbridge.core.AudioFormat;
import dev.livekitbridge.core.AudioFrame;
import dev.livekitbridge.core.TrackId;
import dev.livekitbridge.examples.config.Configuration;
import dev.livekitbridge.examples.config.Settings;
import dev.livekitbridge.examples.roomhost.NumberedFrames;
import dev.livekitbridge.examples.roomhost.RoomHostClient;
import dev.livekitbridge.examples.roomhost.RoomHostServer;
import dev.livekitbridge.examples.terminal.Json;
import dev.livekitbridge.examples.terminal.Terminal;
import dev.livekitbridge.server.BridgeServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Does once, in one process and on loopback, what the commands do, so that the launcher can archive
 * the classes that this takes (class-data sharing) and every later start is quick.
 */
@Command(name = "warm-up", hidden = true, description = "Used by the launcher.")
final class WarmUpCommand implements Callable<Integer> {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String ROOM = "warm-up";
  private static final int LIMIT_SECONDS = 10;
  private static final Configuration ANY_PORT =
      Configuration.read(
          Map.of(Settings.HOST, LOOPBACK, Settings.PORT, "0"), Map.of(), Optional.empty());

  private final Terminal terminal;

  WarmUpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    CommandLine commands = BridgeCli.commandLine(terminal);
    // No lambda: with one in its name the largest class of picocli cannot be archived.
    for (CommandLine command : commands.getSubcommands().values()) {
      command.getUsageMessage();
    }
    boolean heard = speakThroughEverything();
    terminal.json(Json.object("event", "warm", "heard", heard));
    return heard ? 0 : 1;
  }

  private boolean speakThroughEverything() throws IOException, InterruptedException {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    CountDownLatch heard = new CountDownLatch(10);
    try (RoomHostServer host = RoomHostServer.create(LOOPBACK, 0).start();
        RoomHostClient people = RoomHostClient.create(host.address());
        BridgeServer server = ServeCommand.build(meters, new ServerSetup(ANY_PORT)).start();
        BridgeClient client = BridgeClient.builder(LOOPBACK + ":" + server.port()).build()) {
      people.addListener(ROOM, "bob", false);
      people.addNumberedSpeaker(ROOM, "alice", "", 1, 0);
      BridgeSession session =
          client.open(
              SessionRequest.builder("service")
                  .room(ROOM)
                  .liveKitUrl(host.url(ROOM))
                  .resumeKey("warm-up")
                  .onAudio(frame -> heard.countDown())
                  .build());
      session.send(AudioFrame.copyOf(NumberedFrames.pcm(1, 1, 320), 0));
      boolean all = heard.await(LIMIT_SECONDS, TimeUnit.SECONDS);
      session.send(
          AudioFrame.wrap(NumberedFrames.pcm(1, 2, 320), AudioFormat.VOICE, TrackId.APP_AUDIO, 0));
      session.close();
      people.heard(ROOM, "bob");
      Json.line(new ServerStats(server, meters).event());
      return all;
    }
  }
}
