package dev.hone.cli;

import dev.hone.cli.MergeCommand.WeightType;
import dev.hone.model.adapter.Merge;
import dev.hone.model.adapter.Proof;
import dev.hone.model.checkpoint.Dtype;
import dev.hone.model.language.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Runs one `hone merge`.
final class MergedModel {
  private MergedModel() {}

  /// @return what to tell of it
  static List<String> write(
      Path base, Path adapter, Path out, Optional<WeightType> dtype, boolean isOverwriting)
      throws IOException {
    try (var model =
        LanguageModel.open(base, Optional.of(adapter), Optional.empty(), Proof.MAX_TOKENS)) {
      return lines(out, model.merge(out, dtype.map(MergedModel::dtype), isOverwriting));
    }
  }

  private static Dtype dtype(WeightType type) {
    return switch (type) {
      case float32 -> Dtype.F32;
      case float16 -> Dtype.F16;
      case bfloat16 -> Dtype.BF16;
    };
  }

  private static List<String> lines(Path out, Merge.Report report) {
    return List.of(
        "merged into %s, adapted weights in %s".formatted(out, report.dtype().torchName()),
        String.format(
            Locale.ROOT,
            "its logits differ from those of base and adapter by %.2g relative (allowed: %.0e); the"
                + " adapter itself changes the base's by %.2g",
            report.error(),
            report.tolerance(),
            report.effect()),
        "next",
        "  " + ShellQuotes.join(List.of("hone", "chat", "--base", out.toString())));
  }
}
