package dev.hone.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// A native library that comes in a jar: laid beside its own runtime libraries, then opened.
///
/// @param name the library's folder in the jar, below `org/bytedeco`
/// @param version its version, part of the cache folder's name
/// @param files its files for this platform, the main one last
record NativeLibrary(String name, String version, List<String> files) {
  /// Opens the library for the life of the process.
  @SuppressWarnings("restricted")
  SymbolLookup open() {
    var dir =
        NativeFiles.layOut(
            "%s-%s-%s".formatted(name, version, Platform.NAME),
            "/org/bytedeco/%s/%s/".formatted(name, Platform.NAME),
            files);
    return SymbolLookup.libraryLookup(dir.resolve(files.getLast()), Arena.global());
  }

  @SuppressWarnings("restricted")
  static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
  }
}
