package dev.livekitbridge.server.session;

import dev.livekitbridge.core.CloseReason;

/** Says no to joins, in words and in the counts. Not under the registry's lock. */
final class Refusals {
  private final SessionEnvironment environment;

  Refusals(SessionEnvironment environment) {
    this.environment = environment;
  }

  JoinTicket badRequest(JoinReply reply, String fault) {
    environment.metrics().joinRefused(CloseReason.BAD_REQUEST);
    reply.answer(Answers.refused(CloseReason.BAD_REQUEST, fault));
    return JoinTicket.NONE;
  }

  JoinTicket tooOften(JoinReply reply) {
    return overloaded(
        reply, "too many joins in a second: caller=" + reply.caller() + " (try later)");
  }

  JoinTicket tooMany(JoinReply reply) {
    int most = environment.admission().maxSessions();
    return overloaded(
        reply, "caller=" + reply.caller() + " has " + most + " sessions, its most: try later");
  }

  JoinTicket notThere(JoinReply reply, String fault) {
    environment.metrics().joinRefused(CloseReason.NOT_PERMITTED);
    reply.answer(Answers.refused(CloseReason.NOT_PERMITTED, fault));
    return JoinTicket.NONE;
  }

  private JoinTicket overloaded(JoinReply reply, String error) {
    environment.metrics().joinRefused(CloseReason.OVERLOADED);
    long millis = environment.settings().limits().retryAfterMillis();
    reply.answer(Answers.overloaded(error, millis));
    return JoinTicket.NONE;
  }

  JoinTicket refuse(JoinReply reply, CloseReason reason, String userId) {
    SessionSettings.Limits limits = environment.settings().limits();
    environment.metrics().joinRefused(reason);
    reply.answer(
        switch (reason) {
          case DRAINING -> Answers.refused(reason, "this bridge is shutting down");
          case OVERLOADED ->
              Answers.overloaded(
                  "this bridge has " + limits.maxSessions() + " sessions, its most: try later",
                  limits.retryAfterMillis());
          default -> Answers.refused(reason, superseded(userId));
        });
    return JoinTicket.NONE;
  }

  /** Why a call to a session was refused. */
  static String text(CloseReason reason, String userId) {
    return reason == CloseReason.NO_SESSION ? "session not found" : superseded(userId);
  }

  static String superseded(String userId) {
    return "superseded: user=" + userId + " has a newer session, stream or attempt";
  }
}
