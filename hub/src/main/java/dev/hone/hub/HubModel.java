package dev.hone.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/// A model on the hub: `org/name`, or `org/name@revision`.
///
/// @param repository `org/name`
/// @param revision a branch, a tag, or a commit
public record HubModel(String repository, String revision) {
  private static final Pattern FORM =
      Pattern.compile("(\\w[\\w.-]{0,95}/\\w[\\w.-]{0,95})(?:@(\\w[\\w.-]*))?");
  private static final String USUAL_REVISION = "main";

  /// Empty where the text is no such name, but a path perhaps. The hub has no names with `..` or
  /// `--`.
  public static Optional<HubModel> parse(String text) {
    var parts = FORM.matcher(text);
    return parts.matches() && !text.contains("..") && !parts.group(1).contains("--")
        ? Optional.of(
            new HubModel(
                parts.group(1), Optional.ofNullable(parts.group(2)).orElse(USUAL_REVISION)))
        : Optional.empty();
  }

  /// Its folder in the cache.
  String folder() {
    return "models--" + repository.replace("/", "--");
  }

  /// As it is given; the usual revision is not said.
  @Override
  public String toString() {
    return revision.equals(USUAL_REVISION) ? repository : repository + "@" + revision;
  }
}
