package dev.hone.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// What this process uses of the machine's memory, as the operating system counts it.
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MEMINFO = Path.of("/proc/meminfo");

  private ProcessMemory() {}

  /// Resident bytes now.
  public static long residentBytes() {
    return kilobytes(STATUS, "VmRSS:").orElseGet(ProcessMemory::heapBytes);
  }

  /// Resident bytes that are no file's: a mapped checkpoint doesn't count, which the system can
  /// drop.
  public static long heldBytes() {
    return kilobytes(STATUS, "RssAnon:").orElseGet(ProcessMemory::heapBytes);
  }

  /// The most bytes that were resident at any time; where the system doesn't tell, what is resident
  /// now.
  public static long peakBytes() {
    return kilobytes(STATUS, "VmHWM:").orElseGet(ProcessMemory::residentBytes);
  }

  /// Bytes that could still be taken: what the system says is available, within a container's
  /// limit. Mapped files count as free, as the system counts them.
  public static long availableBytes() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long withinLimit = system.getTotalMemorySize() - heldBytes();
    return Math.min(withinLimit, kilobytes(MEMINFO, "MemAvailable:").orElse(withinLimit));
  }

  private static long heapBytes() {
    return Runtime.getRuntime().totalMemory();
  }

  private static OptionalLong kilobytes(Path file, String field) {
    if (!Files.isReadable(file)) {
      return OptionalLong.empty();
    }
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
