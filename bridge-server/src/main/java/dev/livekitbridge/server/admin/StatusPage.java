package dev.livekitbridge.server.admin;

import static dev.livekitbridge.server.admin.Chart.number;
import static dev.livekitbridge.server.admin.Html.escape;

import dev.livekitbridge.core.FrameCounts;
import dev.livekitbridge.core.SessionSnapshot;
import dev.livekitbridge.core.SessionState;
import dev.livekitbridge.server.session.Census;
import dev.livekitbridge.server.session.FaultLog;
import dev.livekitbridge.server.session.SessionMetrics;
import dev.livekitbridge.server.session.SessionMetrics.Direction;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The page for people: how the bridge does, at one moment. It loads nothing, runs no script, and
 * asks again every 5 s. Of users it shows two letters: who needs more has the session's name, which
 * the log has beside the user.
 */
final class StatusPage {
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src "
          + StatusStyle.HASH
          + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int REFRESH_SECONDS = 5;

  private final Site site;
  private final SessionMetrics metrics;
  private final History history;
  private final long startedMillis;
  private final List<SessionSnapshot> sessions;
  private final long nowMillis;
  private final StringBuilder out = new StringBuilder(16_384);

  StatusPage(Site site, History history, long startedMillis, List<SessionSnapshot> sessions) {
    this.site = site;
    this.metrics = site.sessions().metrics();
    this.history = history;
    this.startedMillis = startedMillis;
    this.sessions = sessions;
    this.nowMillis = site.time().epochMillis();
  }

  String html() {
    out.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<meta http-equiv=\"refresh\" content=\"" + REFRESH_SECONDS + "\">")
        .append("<title>LiveKit bridge</title><style>")
        .append(StatusStyle.CSS)
        .append("</style></head><body>\n");
    head();
    tiles();
    out.append("<div class=\"charts\">")
        .append(Chart.svg("Sessions", "", history.sessions(), "blue"))
        .append(Chart.svg("Frames, both ways", "/s", history.frameRates(), "green"))
        .append(Chart.svg("Frames lost", "/s", history.lossRates(), "red"))
        .append("</div>\n");
    faults();
    frames();
    sessions();
    out.append("</body></html>\n");
    return out.toString();
  }

  private void head() {
    boolean ready = site.ready().getAsBoolean();
    out.append("<header><h1>LiveKit bridge</h1><span class=\"badge ")
        .append(ready ? "good" : "bad")
        .append("\">")
        .append(ready ? "serving" : "draining")
        .append("</span><p>version ")
        .append(escape(site.version()))
        .append(" · up ")
        .append(ago(Duration.ofMillis(nowMillis - startedMillis)))
        .append(" · ")
        .append(CLOCK.format(Instant.ofEpochMilli(nowMillis)))
        .append(" UTC</p></header>\n");
  }

  private void tiles() {
    Census.Count census = site.sessions().census().now();
    int zombies = census.overdueSessions() + census.overdueParticipants();
    out.append("<section class=\"tiles\">");
    tile("sessions", number(metrics.sessions()), states(), false);
    tile("streams", number(metrics.streams()), number(metrics.resumes()) + " resumed", false);
    tile("rooms", number(census.rooms()), number(census.others()) + " others in them", false);
    tile("rooms away", number(metrics.roomsAway()), "being rejoined", metrics.roomsAway() > 0);
    tile("playing", number(metrics.playbacks()), "files", false);
    tile("zombies", number(zombies), "should be 0", zombies > 0);
    long unaccounted = metrics.unaccounted();
    tile("unaccounted", number(unaccounted), "frames; should be 0", unaccounted != 0);
    out.append("</section>\n");
  }

  private void tile(String name, String value, String note, boolean bad) {
    out.append("<div class=\"tile")
        .append(bad ? " bad" : "")
        .append("\"><b>")
        .append(value)
        .append("</b><span>")
        .append(name)
        .append("</span><small>")
        .append(escape(note))
        .append("</small></div>");
  }

  private String states() {
    StringBuilder states = new StringBuilder();
    for (SessionState state : SessionState.values()) {
      int count = metrics.sessions(state);
      if (count > 0) {
        states.append(states.isEmpty() ? "" : ", ").append(count).append(' ').append(name(state));
      }
    }
    return states.isEmpty() ? "none" : states.toString();
  }

  private void faults() {
    List<FaultLog.Fault> faults = metrics.faults().latest();
    out.append("<section><h2>Last faults</h2>");
    if (faults.isEmpty()) {
      out.append("<p class=\"none\">None since the bridge started.</p></section>\n");
      return;
    }
    table("when", "what", "reason", "#", "last session");
    for (FaultLog.Fault fault : faults) {
      row(
          ago(Duration.ofMillis(nowMillis - fault.lastMillis())) + " ago",
          escape(fault.what()),
          name(fault.reason()),
          number(fault.count()),
          escape(fault.session()));
    }
    out.append("</tbody></table></div></section>\n");
  }

  private void frames() {
    out.append("<section><h2>Frames since the start</h2>");
    table("direction", "accepted", "delivered", "dropped", "buffered", "replayed");
    frames("room → client", metrics.frames(Direction.TO_CLIENT));
    frames("client → room", metrics.frames(Direction.TO_ROOM));
    out.append("</tbody></table></div></section>\n");
  }

  private void frames(String direction, FrameCounts counts) {
    StringBuilder causes = new StringBuilder(number(counts.droppedTotal()));
    for (Map.Entry<?, Long> cause : counts.dropped().entrySet()) {
      if (cause.getValue() > 0) {
        causes.append("<small>").append(cause.getValue()).append(' ');
        causes.append(name((Enum<?>) cause.getKey())).append("</small>");
      }
    }
    row(
        direction,
        number(counts.accepted()),
        number(counts.delivered()),
        causes.toString(),
        number(counts.buffered()),
        number(counts.replayed()));
  }

  private void sessions() {
    out.append("<section><h2>Sessions</h2>");
    if (sessions.isEmpty()) {
      String none = metrics.sessions() == 0 ? "None." : "They did not answer within 2 s.";
      out.append("<p class=\"none\">" + none + "</p></section>\n");
      return;
    }
    if (metrics.sessions() > sessions.size()) {
      out.append("<p class=\"none\">")
          .append(number(sessions.size()))
          .append(" of them, those without a stream first.</p>");
    }
    table("session", "user", "state", "age", "in room", "to client", "lost", "to room", "lost");
    for (SessionSnapshot each : sessions) {
      row(
          escape(each.alias()),
          Html.initials(each.userId()),
          "<span class=\"state "
              + name(each.state())
              + "\">"
              + name(each.state())
              + (each.resumable() ? "" : " ¹")
              + "</span>",
          ago(each.age()),
          number(each.participantCount()),
          number(each.toClient().delivered()),
          number(each.toClient().droppedTotal()),
          number(each.toRoom().delivered()),
          number(each.toRoom().droppedTotal()));
    }
    out.append(
        "</tbody></table></div><p class=\"none\">¹ ends with its stream: its client asked for"
            + " no resume window. A user's id is shown in part; the log names it beside the"
            + " session.</p></section>\n");
  }

  private void table(String... heads) {
    out.append("<div class=\"scroll\"><table><thead><tr>");
    for (String head : heads) {
      out.append("<th>").append(head).append("</th>");
    }
    out.append("</tr></thead><tbody>\n");
  }

  private void row(String... cells) {
    out.append("<tr>");
    for (String cell : cells) {
      out.append("<td>").append(cell).append("</td>");
    }
    out.append("</tr>\n");
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String ago(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7_200) {
      return seconds / 60 + " min";
    }
    return seconds < 172_800 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
  }
}
