package dev.livekitbridge.examples.livecaptions;

/**
 * A line of text.
 *
 * @param speaker who said it: the identity in the room
 * @param text what was said
 * @param atMillis when it began, epoch milliseconds
 * @param complete false while the speaker goes on and the text may still change
 */
public record Caption(String speaker, String text, long atMillis, boolean complete) {}
