/**
 * Sound from files for the room: fetched under guard, told apart by content, decoded by Java Sound
 * and its providers, resampled, and paced; what may block runs on threads of its own. Sessions know
 * this package; it knows neither sessions nor rooms.
 */
@NullMarked
package dev.livekitbridge.server.playback;

import org.jspecify.annotations.NullMarked;
