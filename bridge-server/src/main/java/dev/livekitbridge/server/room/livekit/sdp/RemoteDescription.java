package dev.livekitbridge.server.room.livekit.sdp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A description of the server, an offer or an answer, read once and never changed. */
public final class RemoteDescription {
  /** Longest that is read: some 500 sections. */
  static final int LONGEST = 512 * 1024;

  private final List<MediaSection> sections;
  private final RemoteTransport transport;

  private RemoteDescription(List<MediaSection> sections, RemoteTransport transport) {
    this.sections = List.copyOf(sections);
    this.transport = transport;
  }

  /**
   * Reads a description. Nothing that it holds makes this throw.
   *
   * @param sdp as it came
   * @return the description, or empty if it is none, or lacks what every connection needs
   */
  public static Optional<RemoteDescription> parse(String sdp) {
    if (sdp.length() > LONGEST || !sdp.startsWith("v=0")) {
      return Optional.empty();
    }
    List<String> session = new ArrayList<>();
    List<MediaSection> sections = new ArrayList<>();
    String mediaLine = null;
    List<String> attributes = session;
    for (String line : (sdp + "\nm=").split("\r?\n", -1)) {
      if (line.startsWith("m=")) {
        if (mediaLine != null) {
          MediaSection section = section(mediaLine, attributes);
          if (section == null) {
            return Optional.empty();
          }
          sections.add(section);
        }
        mediaLine = line;
        attributes = new ArrayList<>();
      } else if (line.startsWith("a=")) {
        attributes.add(line.substring(2).strip());
      }
    }
    return transport(session, sections)
        .map(transport -> new RemoteDescription(sections, transport));
  }

  private static @Nullable MediaSection section(String line, List<String> attributes) {
    String[] words = line.substring(2).strip().split(" +", -1);
    if (words.length < 4 || !words[1].matches("\\d{1,5}")) {
      return null;
    }
    return new MediaSection(
        words[0],
        Integer.parseInt(words[1]),
        words[2],
        List.of(words).subList(3, words.length),
        attributes);
  }

  private static Optional<RemoteTransport> transport(
      List<String> session, List<MediaSection> sections) {
    for (MediaSection section : sections) {
      // A rejected section says nothing of the transport.
      String ufrag = either(section, session, "ice-ufrag");
      String password = either(section, session, "ice-pwd");
      String fingerprint = either(section, session, "fingerprint");
      String[] hash = fingerprint == null ? new String[0] : fingerprint.split(" +", -1);
      if (section.port() != 0 && ufrag != null && password != null && hash.length == 2) {
        String setup = either(section, session, "setup");
        return Optional.of(
            new RemoteTransport(
                ufrag,
                password,
                session.contains("ice-lite"),
                new Fingerprint(hash[0], hash[1]),
                DtlsSetup.of(setup == null ? "" : setup),
                section.attributes().stream()
                    .filter(attribute -> attribute.startsWith("candidate:"))
                    .toList()));
      }
    }
    return Optional.empty();
  }

  private static @Nullable String either(
      MediaSection section, List<String> session, String attribute) {
    String own = MediaSection.find(section.attributes(), attribute);
    return own != null ? own : MediaSection.find(session, attribute);
  }

  /**
   * The server's end of the transport.
   *
   * @return what ICE and DTLS need
   */
  public RemoteTransport transport() {
    return transport;
  }

  List<MediaSection> sections() {
    return sections;
  }

  /**
   * The audio that its sender sends, by SSRC.
   *
   * @return one for each section with Opus, an SSRC and a track
   */
  public Map<Long, RemoteAudio> audio() {
    Map<Long, RemoteAudio> audio = new LinkedHashMap<>();
    for (MediaSection section : sections) {
      if (section.kind().equals("audio") && section.sends()) {
        Long ssrc = ssrc(section);
        String track = trackSid(section);
        Optional<Integer> payloadType = section.opusPayloadType();
        if (ssrc != null && track != null && payloadType.isPresent()) {
          audio.put(ssrc, new RemoteAudio(section.mid(), ssrc, track, payloadType.get()));
        }
      }
    }
    return audio;
  }

  /** RFC 5576 §4.1. */
  private static @Nullable Long ssrc(MediaSection section) {
    for (String value : section.values("ssrc")) {
      String number = value.split(" ", 2)[0];
      if (number.matches("\\d{1,10}")) {
        return Long.parseLong(number) & 0xffffffffL;
      }
    }
    return null;
  }

  /** RFC 8830 §2: the second word of msid; LiveKit puts the track's sid there. */
  private static @Nullable String trackSid(MediaSection section) {
    String[] words = section.value("msid").orElse("").split(" +", -1);
    return words.length == 2 ? words[1] : null;
  }

  /**
   * Whether it took a section of our offer.
   *
   * @param mid of the section
   * @return true if it is there and not rejected
   */
  public boolean accepts(String mid) {
    return sections.stream().anyMatch(each -> each.mid().equals(mid) && each.port() != 0);
  }

  /**
   * The payload type of Opus in a section.
   *
   * @param mid of the section
   * @return 0 to 127, or empty
   */
  public Optional<Integer> opusPayloadType(String mid) {
    return sections.stream()
        .filter(each -> each.mid().equals(mid))
        .findFirst()
        .flatMap(MediaSection::opusPayloadType);
  }
}
