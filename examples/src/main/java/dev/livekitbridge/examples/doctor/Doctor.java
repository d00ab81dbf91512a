package dev.livekitbridge.examples.doctor;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.doctor.Finding.Verdict;
import dev.livekitbridge.examples.livekit.LiveKitAccess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Checks one thing after the other, as far as the faults before it allow. */
public final class Doctor {
  private static final String ROOM = "bridge-doctor";

  private final String url;
  private final @Nullable LiveKitAccess key;
  private final @Nullable String token;
  private final Duration mediaLimit;
  private final Consumer<Finding> told;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * A doctor for one server.
   *
   * @param url of the server
   * @param key to mint tokens with, if there is one
   * @param token to join with, where there is no key
   * @param mediaLimit how long a join may take
   * @param told hears each finding at once
   */
  public Doctor(
      String url,
      @Nullable LiveKitAccess key,
      @Nullable String token,
      Duration mediaLimit,
      Consumer<Finding> told) {
    this.url = url;
    this.key = key;
    this.token = token;
    this.mediaLimit = mediaLimit;
    this.told = told;
  }

  /**
   * Checks everything.
   *
   * @return what was found, in the order of the checks
   * @throws InterruptedException if the thread is interrupted
   */
  public List<Finding> examine() throws InterruptedException {
    Server server;
    try {
      server = Server.of(url);
    } catch (IllegalArgumentException e) {
      add(
          Finding.fault(
              "url", String.valueOf(e.getMessage()), "Write it like ws://localhost:7880."));
      return findings;
    }
    Http http = new Http(server);
    if (add(Reach.name(server)) && add(Reach.tcp(server)) && add(http.answer())) {
      inside(server, http);
    } else {
      add(Finding.skipped("the rest", "not checked: the server has to be reached first"));
    }
    return findings;
  }

  private void inside(Server server, Http http) throws InterruptedException {
    String chosen = key == null ? token : key.joinToken(ROOM, "doctor");
    if (chosen == null) {
      add(
          Finding.skipped(
              "token",
              "not checked, nor what needs one: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or"
                  + " LIVEKIT_TOKEN"));
      return;
    }
    TokenCheck tokens =
        new TokenCheck(http, chosen, key != null, TimeSource.system().epochMillis());
    add(tokens.clock());
    boolean taken;
    try {
      taken = addAll(tokens.token());
    } catch (IOException e) {
      taken =
          add(Finding.fault("token", "the server hung up: " + e.getMessage(), "Look at its log."));
    }
    SignalCheck signal = new SignalCheck();
    if (!taken || !addAll(signal.run(server, chosen))) {
      add(Finding.skipped("media", "not checked: a join has to work first"));
      return;
    }
    media(chosen, signal);
  }

  private void media(String chosen, SignalCheck signal) throws InterruptedException {
    String room = Grants.read(chosen).map(Grants::room).orElse(ROOM);
    MediaCheck media = new MediaCheck(url, mediaLimit);
    String udp = media.way(true, room, chosen);
    String tcp = media.way(false, room, chosen);
    add(MediaCheck.udp(udp, signal.udp(), !tcp.isEmpty()));
    add(MediaCheck.tcp(tcp, signal.tcp(), !udp.isEmpty()));
    LiveKitAccess minting = key;
    if (minting != null && !(udp.isEmpty() && tcp.isEmpty())) {
      add(
          media.packets(
              room,
              minting.joinToken(room, "doctor-speaks"),
              minting.joinToken(room, "doctor-hears")));
    }
  }

  /** Whether it is no fault. */
  private boolean add(Finding finding) {
    findings.add(finding);
    told.accept(finding);
    return finding.verdict() != Verdict.FAULT;
  }

  private boolean addAll(List<Finding> more) {
    boolean fine = true;
    for (Finding finding : more) {
      fine &= add(finding);
    }
    return fine;
  }

  /**
   * The worst of what was found.
   *
   * @param findings of an examination
   * @return FAULT, WARNING or OK
   */
  public static Verdict worst(List<Finding> findings) {
    Optional<Finding> fault =
        findings.stream().filter(each -> each.verdict() == Verdict.FAULT).findAny();
    boolean warned = findings.stream().anyMatch(each -> each.verdict() == Verdict.WARNING);
    return fault.map(Finding::verdict).orElse(warned ? Verdict.WARNING : Verdict.OK);
  }
}
