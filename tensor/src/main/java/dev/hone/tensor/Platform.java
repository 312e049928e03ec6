package dev.hone.tensor;

import java.util.Locale;

/// The operating system and processor family that the process runs on, as native jars name them.
final class Platform {
  private static final String OS = System.getProperty("os.name").toLowerCase(Locale.ROOT);
  private static final String ARCH =
      System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";

  static final boolean IS_MAC = OS.contains("mac");
  static final boolean IS_WINDOWS = OS.contains("win");
  static final boolean IS_LINUX = OS.contains("linux");

  /// Such as `linux-x86_64`.
  static final String NAME = (IS_MAC ? "macosx-" : IS_WINDOWS ? "windows-" : "linux-") + ARCH;

  private Platform() {}
}
