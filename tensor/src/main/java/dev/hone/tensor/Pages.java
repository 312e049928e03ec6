package dev.hone.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Memory straight from the operating system, in huge pages where that gives them: a processor
/// fetches ahead up to the end of a page, and finds 512 times as much of a large matrix without
/// asking where it lies.
///
/// On Linux alone; elsewhere the arena's own memory.
final class Pages {
  private static final long HUGE = 2L << 20;

  private static final int READ_WRITE = 3;
  private static final int PRIVATE_ANONYMOUS = 0x22;
  private static final int NO_FILE = -1;
  private static final int ADVICE_HUGE = 14;
  private static final long FAILED = -1;

  private Pages() {}

  /// Zeros, which take no room before they are touched.
  static MemorySegment allocate(Arena arena, long byteSize) {
    return Platform.IS_LINUX ? Linux.map(arena, byteSize) : arena.allocate(byteSize, HUGE);
  }

  private static final class Linux {
    private static final MethodHandle MMAP =
        function(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MADVISE =
        function("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP =
        function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private Linux() {}

    private static MethodHandle function(String name, FunctionDescriptor type) {
      return NativeLibrary.function(Linker.nativeLinker().defaultLookup(), name, type);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment map(Arena arena, long byteSize) {
      long length = Math.addExact(byteSize, HUGE);
      try {
        long start =
            (long)
                MMAP.invokeExact(
                    MemorySegment.NULL, length, READ_WRITE, PRIVATE_ANONYMOUS, NO_FILE, 0L);
        if (start == FAILED) {
          throw new OutOfMemoryError("the system has no %,d bytes left".formatted(byteSize));
        }
        // where it is refused, pages are small and all else is the same
        int ignored = (int) MADVISE.invokeExact(start, length, ADVICE_HUGE);
        return MemorySegment.ofAddress(Math.ceilDiv(start, HUGE) * HUGE)
            .reinterpret(byteSize, arena, segment -> unmap(start, length));
      } catch (Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("mmap failed", e);
      }
    }

    private static void unmap(long start, long length) {
      try {
        int ignored = (int) MUNMAP.invokeExact(start, length);
      } catch (Throwable e) {
        throw new IllegalStateException("munmap failed", e);
      }
    }
  }
}
