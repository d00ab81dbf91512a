package dev.livekitbridge.examples.cli;

/** A command that serves until it is told to stop: it logs its life. */
interface LongRunning {}
