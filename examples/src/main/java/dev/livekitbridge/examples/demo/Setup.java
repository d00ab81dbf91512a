package dev.livekitbridge.examples.demo;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.examples.harness.ProcessGroup;
import dev.livekitbridge.examples.terminal.Terminal;
import java.nio.file.Path;

/**
 * What all scenarios share.
 *
 * @param terminal where the story is told
 * @param time the machine's
 * @param processes where the processes are started
 * @param commandLine main class of the command line, which is also what a bridge runs as
 * @param link between service and bridge
 * @param venue where the rooms are
 * @param resumeKey secret of the service, the same after its restart
 * @param speech PCM that is said in the rooms
 * @param out where the report goes
 */
@SuppressWarnings("ArrayRecordComponent") // made once and read only
record Setup(
    Terminal terminal,
    TimeSource time,
    ProcessGroup processes,
    Class<?> commandLine,
    Link link,
    Venue venue,
    String resumeKey,
    byte[] speech,
    Path out) {}
