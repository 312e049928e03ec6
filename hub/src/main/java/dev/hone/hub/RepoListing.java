package dev.hone.hub;

import dev.hone.model.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The files of a repository at one commit.
///
/// @param commit 40 hexadecimal digits
record RepoListing(HubModel model, String commit, List<RepoFile> files) {
  static final String WEIGHTS = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  static final String CONFIG = "config.json";

  /// Without them there is no model.
  static final List<String> NEEDED = List.of(CONFIG, "tokenizer.json");

  private static final List<String> OPTIONAL =
      List.of(
          "generation_config.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "chat_template.jinja",
          "chat_template.json",
          "hone.json",
          "hone_proof.json");
  private static final Pattern LICENSE = Pattern.compile("LICENSE[\\w.-]*");
  private static final Pattern PICKLE = Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl|pickle)");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  private static final Set<String> LEADING_ELSEWHERE = Set.of("", ".", "..");

  /// Reads what the hub says of a revision.
  ///
  /// @throws HubException where it is not to be believed
  static RepoListing parse(HubModel model, JsonNode json) throws HubException {
    var commit = json.path("sha").asString("");
    if (!COMMIT.matcher(commit).matches()) {
      throw unbelievable(model, "without a commit");
    }
    var files = new ArrayList<RepoFile>();
    for (var sibling : json.path("siblings")) {
      files.add(file(model, sibling));
    }
    return new RepoListing(model, commit, List.copyOf(files));
  }

  private static RepoFile file(HubModel model, JsonNode sibling) throws HubException {
    var name = sibling.path("rfilename").asString("");
    if (Arrays.stream(name.split("[/\\\\]", -1)).anyMatch(LEADING_ELSEWHERE::contains)) {
      throw unbelievable(model, "with a file name that leads elsewhere");
    }
    var etag = sibling.path("lfs").path("sha256").asString(sibling.path("blobId").asString(""));
    long size = sibling.path("size").asLong(-1);
    if (!HASH.matcher(etag).matches() || size < 0) {
      throw unbelievable(model, "without the hash or size of a file");
    }
    return new RepoFile(name, size, etag);
  }

  private static HubException unbelievable(HubModel model, String what) {
    return new HubException(
        "%s: the hub answers with a list of files %s; nothing was downloaded"
            .formatted(model, what),
        "see that HF_ENDPOINT is a hub, and take no model from a repository that you don't trust");
  }

  Optional<RepoFile> find(String name) {
    return files.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  /// What says which model it is.
  RepoFile config() {
    return find(CONFIG).orElseThrow();
  }

  /// The index of the weights, where they are in shards.
  Optional<RepoFile> index() {
    return find(WEIGHTS).isPresent() ? Optional.empty() : find(INDEX);
  }

  /// What is needed, weights last.
  ///
  /// @param shards that the index names; empty where the weights are one file
  /// @throws HubException for a shard that is not there
  List<RepoFile> wanted(List<String> shards) throws HubException {
    var wanted =
        new ArrayList<>(
            files.stream()
                .filter(file ->
                    NEEDED.contains(file.name())
                        || OPTIONAL.contains(file.name())
                        || LICENSE.matcher(file.name()).matches())
                .toList());
    index().ifPresent(wanted::add);
    find(WEIGHTS).ifPresent(wanted::add);
    for (var shard : shards) {
      wanted.add(
          find(shard)
              .orElseThrow(() ->
                  new HubException(
                      "%s: lacks %s, which %s names".formatted(model, shard, INDEX),
                      "the repository is broken; try another revision: org/name@REVISION")));
    }
    return wanted;
  }

  /// Refuses a repository without a model that Hone reads, before anything is downloaded.
  void requireModel() {
    if (find(WEIGHTS).isEmpty() && find(INDEX).isEmpty()) {
      throw noWeights();
    }
    for (var name : NEEDED) {
      if (find(name).isEmpty()) {
        throw new UsageException(
            "%s: has no %s".formatted(model, name),
            "take a repository with a whole model in Transformers' format (docs/models.md)");
      }
    }
  }

  private UsageException noWeights() {
    var pickle = files.stream().map(RepoFile::name).filter(PICKLE.asMatchPredicate()).findFirst();
    return pickle.isPresent()
        ? new UsageException(
            "%s: has its weights as pickle only (%s), a format that runs code when it is read"
                .formatted(model, pickle.get()),
            "take a copy or a revision that has " + WEIGHTS + ": org/name@REVISION")
        : new UsageException(
            "%s: has neither %s nor %s".formatted(model, WEIGHTS, INDEX),
            "take a repository with the weights in Transformers' format; a GGUF file can be"
                + " downloaded and given by its path");
  }
}
