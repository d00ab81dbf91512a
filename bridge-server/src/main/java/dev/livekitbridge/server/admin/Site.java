package dev.livekitbridge.server.admin;

import dev.livekitbridge.core.TimeSource;
import dev.livekitbridge.server.session.SessionRegistry;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bridge that an admin port shows.
 *
 * @param sessions who is there
 * @param metrics in the text format of Prometheus; null for none
 * @param ready whether it takes sessions
 * @param pulse completes when every thread that carries audio has answered
 * @param time the clock
 * @param version of the bridge
 */
public record Site(
    SessionRegistry sessions,
    @Nullable Supplier<String> metrics,
    BooleanSupplier ready,
    Supplier<CompletionStage<Void>> pulse,
    TimeSource time,
    String version) {}
