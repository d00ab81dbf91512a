package dev.livekitbridge.examples.simulate;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import org.jspecify.annotations.NullMarked;

/** What the mutants do. Copied into the methods they change, so each stands for itself. */
@NullMarked
// What an advice assigns becomes the result or the argument of the method.
@SuppressWarnings("UnusedVariable")
public final class MutantAdvice {
  private MutantAdvice() {}

  /** Calls a method without arguments that the caller cannot see. */
  public static Object call(Object on, String method) {
    try {
      Method found = on.getClass().getDeclaredMethod(method);
      found.setAccessible(true);
      return found.invoke(on);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the mutant does not fit any more", e);
    }
  }

  /** Reads a field that the caller cannot see. */
  public static Object read(Object of, String field) {
    try {
      Field found = of.getClass().getDeclaredField(field);
      found.setAccessible(true);
      return found.get(of);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the mutant does not fit any more", e);
    }
  }

  /** The method does nothing. */
  public static final class Nothing {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return true;
    }
  }

  /** It says yes. */
  public static final class Yes {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) boolean result) {
      result = true;
    }
  }

  /** It says no. */
  public static final class No {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) boolean result) {
      result = false;
    }
  }

  /** It knows of nothing. */
  public static final class Empty {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) Map<?, ?> result) {
      result = Map.of();
    }
  }

  /** It says one second. */
  public static final class OneSecond {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) long result) {
      result = 1_000_000_000L;
    }
  }

  /** Its argument is 0. */
  public static final class FromZero {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 0, readOnly = false) long last) {
      last = 0;
    }
  }

  /** Deletes whoever has the user id. */
  public static final class DeleteByUserId {
    @Advice.OnMethodExit
    static void exit(
        @Advice.FieldValue("sessions") Map<?, ?> sessions,
        @Advice.Argument(value = 0, typing = Typing.DYNAMIC) Object session) {
      sessions.remove(call(session, "userId"));
    }
  }

  /** Acknowledges what came, dealt with or not. */
  public static final class AcknowledgeQueued {
    @Advice.OnMethodExit
    static void exit(
        @Advice.FieldValue("highest") long highest, @Advice.Return(readOnly = false) long result) {
      result = highest;
    }
  }

  /** The first chunk of a stream acknowledges what came, consumed or not. */
  public static final class AttachAcknowledgesQueued {
    @Advice.OnMethodExit
    static void exit(
        @Advice.FieldValue(value = "link", typing = Typing.DYNAMIC) Object link,
        @Advice.Return(readOnly = false, typing = Typing.DYNAMIC) Object result) {
      result = call(link, "lastReceived");
    }
  }

  /** A frame behind a gap is not passed on: what was given up may still come. */
  public static final class WaitForGivenUp {
    @Advice.OnMethodExit
    static void exit(
        @Advice.FieldValue("gap") long gap,
        @Advice.Return(readOnly = false, typing = Typing.DYNAMIC) Object verdict) {
      if (gap > 0) {
        verdict = ((Enum<?>) verdict).getDeclaringClass().getEnumConstants()[1];
      }
    }
  }

  /** Whatever it says of a frame, the frame is passed on. */
  public static final class PassAll {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false, typing = Typing.DYNAMIC) Object verdict) {
      verdict = ((Enum<?>) verdict).getDeclaringClass().getEnumConstants()[0];
    }
  }
}
