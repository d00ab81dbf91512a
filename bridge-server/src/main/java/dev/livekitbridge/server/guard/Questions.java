package dev.livekitbridge.server.guard;

import dev.livekitbridge.proto.AudioChunk;
import dev.livekitbridge.proto.BridgeStatusRequest;
import dev.livekitbridge.proto.HealthCheckRequest;
import dev.livekitbridge.proto.JoinRoomRequest;
import dev.livekitbridge.proto.LeaveRoomRequest;
import dev.livekitbridge.proto.PlayAudioRequest;
import dev.livekitbridge.proto.StopAudioRequest;
import dev.livekitbridge.server.security.Action;
import dev.livekitbridge.server.security.Authorizer;
import dev.livekitbridge.server.security.Caller;

/** What the first message of a call asks for, and of whom. */
final class Questions {
  private Questions() {}

  /** Whether the caller may; a message that is not known here may never. */
  static boolean permitted(Authorizer authorizer, Caller caller, Object message) {
    if (message instanceof HealthCheckRequest) {
      // For whoever is known; what it tells of others is left out of the answer.
      return true;
    }
    if (message instanceof AudioChunk first) {
      return authorizer.permits(caller, Action.STREAM, first.getUserId());
    }
    if (message instanceof JoinRoomRequest join) {
      return authorizer.permits(caller, Action.JOIN, join.getUserId());
    }
    if (message instanceof LeaveRoomRequest leave) {
      return authorizer.permits(caller, Action.LEAVE, leave.getUserId());
    }
    if (message instanceof PlayAudioRequest play) {
      return authorizer.permits(caller, Action.PLAY, play.getUserId());
    }
    if (message instanceof StopAudioRequest stop) {
      return authorizer.permits(caller, Action.STOP, stop.getUserId());
    }
    return message instanceof BridgeStatusRequest status
        && authorizer.permits(caller, Action.STATUS, status.getUserId());
  }
}
