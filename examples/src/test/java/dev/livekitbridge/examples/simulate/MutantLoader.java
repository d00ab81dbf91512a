package dev.livekitbridge.examples.simulate;

import java.io.IOException;
import java.io.InputStream;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.NullMarked;

/**
 * Loads client, server and simulator once more, with one method of one class changed: production
 * code knows nothing of it, and other tests in this JVM see nothing of it.
 */
@NullMarked
final class MutantLoader extends ClassLoader {
  private static final String ROOT = "dev.livekitbridge.";

  private final String type;
  private final String method;
  private final Class<?> advice;
  private boolean changed;

  MutantLoader(String type, String method, Class<?> advice) {
    super(MutantLoader.class.getClassLoader());
    this.type = ROOT + type;
    this.method = method;
    this.advice = advice;
  }

  /** Whether the class that is to be changed was loaded. */
  boolean changed() {
    return changed;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean again =
        name.startsWith(ROOT) && !name.startsWith(ROOT + "proto.") && !name.contains("Mutant");
    if (!again) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      if (known != null) {
        return known;
      }
      byte[] bytes = name.equals(type) ? mutate(name) : read(name);
      return defineClass(name, bytes, 0, bytes.length);
    }
  }

  private byte[] read(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private byte[] mutate(String name) {
    changed = true;
    ClassFileLocator files = ClassFileLocator.ForClassLoader.of(getParent());
    TypePool types = TypePool.Default.of(files);
    return new ByteBuddy()
        .redefine(types.describe(name).resolve(), files)
        .visit(Advice.to(advice).on(ElementMatchers.named(method)))
        .make()
        .getBytes();
  }
}
