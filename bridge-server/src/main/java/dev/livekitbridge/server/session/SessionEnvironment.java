package dev.livekitbridge.server.session;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.core.link.RetentionBudget;
import dev.livekitbridge.server.playback.Sounds;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * What all sessions of a bridge share.
 *
 * @param time the clock
 * @param scheduler runs their timers; its tasks are short and never block
 * @param settings times and limits
 * @param connectors the rooms that can be joined
 * @param admission what limits the joins of a caller
 * @param sounds the files that can be played
 * @param metrics where counts go
 * @param budget bytes that all sessions may keep together
 * @param sessionIds gives secrets that nobody can guess, a new one at each call
 * @param log where the life of sessions is told
 */
public record SessionEnvironment(
    TimeSource time,
    ScheduledExecutorService scheduler,
    SessionSettings settings,
    RoomConnectors connectors,
    Admission admission,
    Sounds sounds,
    SessionMetrics metrics,
    RetentionBudget budget,
    Supplier<String> sessionIds,
    Logger log) {}
