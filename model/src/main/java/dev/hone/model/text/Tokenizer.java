package dev.hone.model.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.hone.model.UsageException;
import dev.hone.model.checkpoint.Checkpoint;
import dev.hone.model.checkpoint.CheckpointException;
import dev.hone.model.checkpoint.ModelFile;
import dev.hone.model.checkpoint.Quoted;
import dev.hone.model.checkpoint.SpecialTokens;
import java.lang.foreign.Arena;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// The tokenizer of a model's directory: `tokenizer.json` through Hugging Face's own tokenizers
/// library, and the roles of its special tokens from the files beside it. Safe for use by several
/// threads.
///
/// Truncation and padding that the file asks for are switched off, and decoded text is never
/// "cleaned up" (`clean_up_tokenization_spaces` joins `do n't` to `don't`): what was encoded comes
/// back.
///
/// The native tokenizer is freed when this object is no longer reachable, so that no use after a
/// close can crash.
public final class Tokenizer implements TextEncoder {
  private static final Cleaner CLEANER = Cleaner.create();

  private final TokenizersLibrary library;
  private final long handle;
  private final TokenizerJson json;
  private final BitSet special;
  private final OptionalInt bosId;
  private final OptionalInt eosId;
  private final Set<Integer> eosIds;
  private final boolean addBos;

  private Tokenizer(Path path, TokenizerJson json, Roles roles, SpecialTokens names)
      throws CheckpointException {
    this.library = TokenizersNative.library();
    this.json = json;
    this.handle = create(library, path, json);
    CLEANER.register(this, new Free(library, handle));
    this.bosId = roles.bos;
    this.eosId = roles.eos;
    this.eosIds = roles.eosIds();
    this.special = roles.special(json);
    this.addBos =
        bosId.isPresent()
            && names.addBosToken().orElseGet(() -> json.putsFirst(roles.bos.getAsInt()));
  }

  /// The native tokenizer's end; holds no reference to the object that it is freed after.
  private record Free(TokenizersLibrary library, long handle) implements Runnable {
    @Override
    public void run() {
      library.deleteTokenizer(handle);
    }
  }

  /// Opens the tokenizer in `dir`; BOS and EOS are those that its files name.
  ///
  /// @throws CheckpointException when a file is damaged
  /// @throws UsageException when the directory has no tokenizer that Hone supports
  public static Tokenizer open(Path dir) throws CheckpointException {
    return open(dir, TokenizerJson.read(requireTokenizerJson(dir)), noId(), List.of());
  }

  /// Opens the tokenizer of the model in `dir`, or in a GGUF file. See [#open(Checkpoint)].
  public static Tokenizer ofModel(Path dir) throws CheckpointException {
    try (var arena = Arena.ofConfined()) {
      return open(Checkpoint.open(dir, arena));
    }
  }

  /// Opens the tokenizer of a checkpoint; where its files name no BOS or EOS, those of the
  /// checkpoint's configuration count.
  ///
  /// @throws CheckpointException when a file is damaged, or its vocabulary has ids that the
  ///   embedding lacks
  /// @throws UsageException when the directory has no tokenizer that Hone supports
  public static Tokenizer open(Checkpoint checkpoint) throws CheckpointException {
    var bos =
        checkpoint.generation().bosTokenId().isPresent()
            ? checkpoint.generation().bosTokenId()
            : checkpoint.config().bosTokenId();
    int vocabSize = checkpoint.config().vocabSize();
    var json = TokenizerJson.read(requireTokenizerJson(checkpoint.dir())).within(vocabSize);
    var tokenizer = open(checkpoint.dir(), json, bos, checkpoint.eosTokenIds());
    if (tokenizer.vocabSize() > vocabSize) {
      throw new CheckpointException(
          checkpoint.dir().resolve("tokenizer.json"),
          "has ids up to %d, but the model's vocab_size in config.json is %d; the two files belong to different models"
              .formatted(tokenizer.vocabSize() - 1, vocabSize));
    }
    return tokenizer;
  }

  /// A tokenizer without a directory around it: the content of a `tokenizer.json`. It has no BOS
  /// and EOS.
  ///
  /// @param origin where the content comes from, for messages
  /// @throws CheckpointException when the content is damaged
  public static Tokenizer of(Path origin, byte[] content) throws CheckpointException {
    var none = new Roles(noId(), noId(), noId(), noId(), List.of());
    return new Tokenizer(
        origin,
        TokenizerJson.parse(origin, content),
        none,
        new SpecialTokens(List.of(), Optional.empty()));
  }

  private static OptionalInt noId() {
    return OptionalInt.empty();
  }

  private static Tokenizer open(Path dir, TokenizerJson json, OptionalInt bos, List<Integer> eos)
      throws CheckpointException {
    var names = SpecialTokens.read(dir);
    var roles = Roles.of(json, names, bos, eos);
    return new Tokenizer(dir.resolve("tokenizer.json"), json, roles, names);
  }

  private static Path requireTokenizerJson(Path dir) {
    var path = dir.resolve("tokenizer.json");
    if (ModelFile.exists(path)) return path;
    if (Files.exists(dir.resolve("tokenizer.model"))) {
      throw new UsageException(
          dir + ": has only tokenizer.model, a SentencePiece file, which is not supported yet",
          "get the model's tokenizer.json, or save it with transformers' fast tokenizer");
    }
    if (Files.exists(dir.resolve("vocab.json"))) {
      throw new UsageException(
          dir + ": has only vocab.json and merges.txt, which is not supported yet",
          "get the model's tokenizer.json, or save it with transformers' fast tokenizer");
    }
    throw new UsageException(
        dir + ": has no tokenizer.json",
        "give the directory of a Hugging Face model, with its tokenizer; the download may be"
            + " incomplete");
  }

  private static long create(TokenizersLibrary library, Path path, TokenizerJson json)
      throws CheckpointException {
    try {
      long handle = library.createTokenizerFromString(json.text());
      library.disableTruncation(handle);
      library.disablePadding(handle);
      return handle;
    } catch (RuntimeException e) {
      throw new CheckpointException(
          path,
          "is not a tokenizer that Hugging Face's library can read (%s); it is damaged"
                  .formatted(e.getMessage())
              + " or needs a newer library",
          e);
    }
  }

  /// @throws UsageException when `text` is not Unicode: half of a surrogate pair stands alone
  @Override
  public int[] encode(String text) {
    requireUnicode(text);
    return nativeEncode(text);
  }

  private static void requireUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) continue;
      if (Character.isLowSurrogate(c)
          || i + 1 == text.length()
          || !Character.isLowSurrogate(text.charAt(i + 1))) {
        throw new UsageException(
            "text has half a character, the lone surrogate \\u%04x, at position %d"
                .formatted((int) c, i),
            "the text was cut inside a character; repair it where it comes from");
      }
      i++;
    }
  }

  private int[] nativeEncode(String text) {
    try {
      long encoding = encoded(text);
      try {
        return Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
      } finally {
        library.deleteEncoding(encoding);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private long encoded(String text) {
    try {
      return library.encode(handle, text, false);
    } catch (RuntimeException e) {
      throw new UsageException(
          "%s: cannot take a text apart: %s"
              .formatted(json.path(), Quoted.oneLine(String.valueOf(e.getMessage()))),
          "the file may be damaged; get the model's files again");
    }
  }

  /// As the interface says; ids that the vocabulary lacks (a padded embedding has some) give no
  /// text.
  @Override
  public String decode(int[] ids) {
    return decode(ids, false);
  }

  /// The text of `ids`.
  ///
  /// @param skipSpecialTokens whether special tokens give no text
  public String decode(int[] ids, boolean skipSpecialTokens) {
    for (int id : ids) {
      if (id < 0) throw new IllegalArgumentException("decode: token id " + id);
    }
    var kept =
        skipSpecialTokens ? Arrays.stream(ids).filter(id -> !isSpecial(id)) : Arrays.stream(ids);
    try {
      return library.decode(handle, kept.asLongStream().toArray(), false);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /// A decoder that is fed one id at a time. See [StreamDecoder].
  public StreamDecoder stream(boolean skipSpecialTokens) {
    return new StreamDecoder(this, skipSpecialTokens);
  }

  @Override
  public OptionalInt idOf(String token) {
    var id = json.ids().get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return special.get(id);
  }

  /// The special tokens' texts: wherever one stands in a text, it is read as that token.
  public Set<String> specialTokens() {
    return special.stream()
        .filter(this::hasToken)
        .mapToObj(json.tokens()::get)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// @throws IllegalArgumentException when the vocabulary has no such id
  @Override
  public String token(int id) {
    if (!hasToken(id)) throw new IllegalArgumentException("the vocabulary has no token id " + id);
    return json.tokens().get(id);
  }

  /// Whether the vocabulary has the id: a padded embedding has more.
  boolean hasToken(int id) {
    return id >= 0 && id < json.tokens().size() && json.tokens().get(id) != null;
  }

  /// Whether `id` stands for one byte of a character that the vocabulary lacks, like `<0xE2>`.
  boolean isByte(int id) {
    return json.hasByteFallback() && token(id).matches("<0x[0-9A-Fa-f]{2}>");
  }

  /// The ordinary tokens by the bytes that they add to a text; made anew by each call, in some
  /// hundred milliseconds for a large vocabulary.
  ///
  /// @throws UsageException when the tokenizer's decoder is of a kind that doesn't spell out tokens
  public TokenTrie trie() {
    var spelling =
        json.spelling()
            .orElseThrow(() ->
                new UsageException(
                    "the tokenizer's decoder is of a kind that Hone can't spell tokens with",
                    "byte-level and SentencePiece tokenizers can; take another model, or"
                        + " generate without a constraint"));
    var bytes = new ArrayList<byte[]>(vocabSize());
    for (int id = 0; id < vocabSize(); id++) {
      boolean isOrdinary = hasToken(id) && !isSpecial(id);
      bytes.add(isOrdinary ? spelling.bytes(token(id)) : new byte[0]);
    }
    return TokenTrie.of(bytes, spelling.dropsFirstSpace());
  }

  /// The largest id plus one.
  public int vocabSize() {
    return json.tokens().size();
  }

  /// Begin of sequence; empty where the model has none.
  public OptionalInt bosId() {
    return bosId;
  }

  /// The token that ends a text, to be learned at its end; empty where the model has none.
  public OptionalInt eosId() {
    return eosId;
  }

  /// Every id that ends a generation: [#eosId] and those that the checkpoint's configuration names.
  public Set<Integer> eosIds() {
    return eosIds;
  }

  /// Whether a text begins with BOS: as `add_bos_token` of `tokenizer_config.json` says, else as
  /// the tokenizer does.
  public boolean addBos() {
    return addBos;
  }

  /// Ids of the roles that special tokens play.
  private record Roles(
      OptionalInt bos, OptionalInt eos, OptionalInt unk, OptionalInt pad, List<Integer> otherEos) {

    static Roles of(TokenizerJson json, SpecialTokens names, OptionalInt bos, List<Integer> eos)
        throws CheckpointException {
      var namedBos = required(json, names, "bos_token");
      var namedEos = required(json, names, "eos_token");
      var firstEos = eos.isEmpty() ? OptionalInt.empty() : OptionalInt.of(eos.getFirst());
      return new Roles(
          namedBos.isPresent() ? namedBos : bos,
          namedEos.isPresent() ? namedEos : firstEos,
          optional(json, names, "unk_token"),
          optional(json, names, "pad_token"),
          eos);
    }

    private static OptionalInt required(TokenizerJson json, SpecialTokens names, String role)
        throws CheckpointException {
      var text = names.text(role);
      if (text.isPresent() && !json.ids().containsKey(text.get())) {
        throw json.broken(
            "lacks '%s', which is the %s of the files beside it".formatted(text.get(), role));
      }
      return optional(json, names, role);
    }

    private static OptionalInt optional(TokenizerJson json, SpecialTokens names, String role)
        throws CheckpointException {
      var id = names.text(role).map(json.ids()::get);
      return id.isPresent() ? OptionalInt.of(id.get()) : OptionalInt.empty();
    }

    Set<Integer> eosIds() {
      var all = new LinkedHashSet<Integer>();
      eos.ifPresent(all::add);
      all.addAll(otherEos);
      return java.util.Collections.unmodifiableSet(all);
    }

    BitSet special(TokenizerJson json) {
      var all = new BitSet();
      json.special().forEach(all::set);
      for (var role : List.of(bos, eos, unk, pad)) role.ifPresent(all::set);
      return all;
    }
  }
}
