package dev.hone.rag.embed;

import ai.onnxruntime.OrtEnvironment;
import dev.hone.tensor.NativeFiles;
import java.util.List;
import java.util.Locale;

/// ONNX Runtime's native libraries. By itself it extracts them anew for each process, and each that
/// is killed leaves 24 MB behind.
final class OnnxNatives {
  private static final String FOLDER = "onnxruntime.native.path";
  private static final List<String> NAMES =
      List.of("onnxruntime", "onnxruntime4j_jni", "onnxruntime_providers_shared");

  private OnnxNatives() {}

  /// Lays them out; to be done before anything else of ONNX Runtime.
  static void prepare() {
    if (System.getProperty(FOLDER) == null) {
      var version = OrtEnvironment.class.getPackage().getImplementationVersion();
      var platform = platform();
      var folder =
          NativeFiles.layOut(
              "onnxruntime-%s-%s".formatted(version, platform),
              "/ai/onnxruntime/native/%s/".formatted(platform),
              NAMES.stream().map(System::mapLibraryName).toList());
      System.setProperty(FOLDER, folder.toString());
    }
  }

  /// Such as `linux-x64`.
  private static String platform() {
    var os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    var family = os.contains("mac") ? "osx" : os.contains("win") ? "win" : "linux";
    var arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x64";
    return family + "-" + arch;
  }
}
