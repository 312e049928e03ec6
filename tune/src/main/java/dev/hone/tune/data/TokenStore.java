package dev.hone.tune.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Tokenised examples in a file, mapped read-only: a data set larger than memory is read as pages
/// are needed.
///
/// The file is a cache of our own making, little-endian throughout, written by [TokenStoreWriter]:
///
/// ```
/// header   128 bytes, see the offsets below
/// records  per example: length × int32 ids, then ceil(length / 32) × int32 mask words, bit t of word t/32
/// index    per example: int64 offset of the record, int64 line in the source, int32 length, int32 targetBytes
/// ```
///
/// The key names what the tokens were made from; a store with another key is stale, see [#hasKey].
/// Thread-safe.
public final class TokenStore implements AutoCloseable {
  /// The shortest example: one token to predict, and one before it.
  public static final int MIN_LENGTH = 2;

  static final byte[] MAGIC = {'H', 'O', 'N', 'E', 'T', 'O', 'K', '1'};
  static final int HEADER_BYTES = 128;
  static final int INDEX_ENTRY_BYTES = 24;
  static final int KEY_AT = 8;
  static final int KEY_BYTES = 32;
  static final int SIZE_AT = 40;
  static final int TOKENS_AT = 48;
  static final int TRAINED_AT = 56;
  static final int TARGET_BYTES_AT = 64;
  static final int LONGEST_AT = 72;
  static final int INDEX_AT = 80;
  static final int CHECKSUM_AT = 88;

  private static final ValueLayout.OfInt INT32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong INT64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int CHECK_CHUNK = 1 << 24;

  private final Arena arena;
  private final MemorySegment file;
  private final Path path;
  private final long index;
  private final int size;

  private TokenStore(Arena arena, MemorySegment file, Path path) throws IOException {
    this.arena = arena;
    this.file = file;
    this.path = path;
    checkHeader();
    size = (int) file.get(INT64, SIZE_AT);
    index = file.get(INT64, INDEX_AT);
    checkContent();
  }

  /// Maps a store and checks that it is whole.
  ///
  /// @throws IOException when the file is not a token store, is cut short or was altered
  @SuppressWarnings("MustBeClosedChecker") // the store owns the arena: its close() closes it
  public static TokenStore open(Path path) throws IOException {
    var arena = Arena.ofShared();
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new TokenStore(
          arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena), path);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// Whether `path` is a token store made from what `key` names; false where there is no such file.
  ///
  /// @param key a SHA-256 in hexadecimal
  public static boolean hasKey(Path path, String key) throws IOException {
    return readKey(path).filter(key::equals).isPresent();
  }

  private static Optional<String> readKey(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (var in = Files.newInputStream(path)) {
      byte[] start = in.readNBytes(KEY_AT + KEY_BYTES);
      boolean ours =
          start.length == KEY_AT + KEY_BYTES && Arrays.equals(start, 0, KEY_AT, MAGIC, 0, KEY_AT);
      return ours
          ? Optional.of(HexFormat.of().formatHex(start, KEY_AT, start.length))
          : Optional.empty();
    }
  }

  private void checkHeader() throws IOException {
    require(file.byteSize() >= HEADER_BYTES, "it is shorter than its header");
    var magic = file.asSlice(0, MAGIC.length).toArray(ValueLayout.JAVA_BYTE);
    require(Arrays.equals(magic, MAGIC), "it does not start as one");
    long examples = file.get(INT64, SIZE_AT);
    long indexStart = file.get(INT64, INDEX_AT);
    require(
        examples >= 0 && examples <= Integer.MAX_VALUE,
        "its header counts " + examples + " examples");
    long expected = indexStart + examples * INDEX_ENTRY_BYTES;
    require(
        indexStart >= HEADER_BYTES && file.byteSize() == expected,
        "it has %d bytes where its header says %d".formatted(file.byteSize(), expected));
  }

  private void checkContent() throws IOException {
    var checksum = new CRC32C();
    for (long at = HEADER_BYTES; at < file.byteSize(); at += CHECK_CHUNK) {
      checksum.update(file.asSlice(at, Math.min(CHECK_CHUNK, file.byteSize() - at)).asByteBuffer());
    }
    require(checksum.getValue() == file.get(INT64, CHECKSUM_AT), "its checksum does not match");
    for (int i = 0; i < size; i++) {
      require(
          offset(i) >= HEADER_BYTES
              && offset(i) <= index
              && length(i) >= MIN_LENGTH
              && recordEnd(i) <= index,
          "example %d lies outside the file".formatted(i));
    }
  }

  private long recordEnd(int i) {
    return offset(i) + 4L * (length(i) + maskWords(length(i)));
  }

  private void require(boolean holds, String problem) throws IOException {
    if (!holds) {
      throw new IOException(
          "%s is not a whole token store: %s; delete it and it is made again"
              .formatted(path, problem));
    }
  }

  static int maskWords(int length) {
    return Math.ceilDiv(length, Integer.SIZE);
  }

  /// Number of examples.
  public int size() {
    return size;
  }

  /// Tokens of these examples together.
  public int tokens(int[] examples) {
    return Arrays.stream(examples).map(this::length).sum();
  }

  /// Tokens of example `i`.
  public int length(int i) {
    return file.get(INT32, entry(i) + 16);
  }

  /// UTF-8 bytes of the text behind the targets of example `i`.
  public int targetBytes(int i) {
    return file.get(INT32, entry(i) + 20);
  }

  /// The line of the source file that example `i` comes from.
  public long line(int i) {
    return file.get(INT64, entry(i) + 8);
  }

  /// Copies the ids of example `i` to the start of `dst`.
  public void readIds(int i, int[] dst) {
    MemorySegment.copy(file, INT32, offset(i), dst, 0, length(i));
  }

  /// Whether token `t` of example `i` is a target; never true of token 0.
  public boolean isTrained(int i, int t) {
    int length = length(i);
    if (t < 0 || t >= length) {
      throw new IndexOutOfBoundsException("token %d of %d in example %d".formatted(t, length, i));
    }
    return (maskWord(i, t / Integer.SIZE) >>> t & 1) != 0;
  }

  /// These examples in an order in which those that begin alike are neighbours: by token, then by
  /// what is learned there, position by position. Examples that are alike throughout stay in order.
  int[] sorted(int[] examples) {
    return Arrays.stream(examples).boxed().sorted(this::compare).mapToInt(i -> i).toArray();
  }

  private int compare(int i, int j) {
    int common = commonPrefix(i, j);
    return Long.compare(content(i, common), content(j, common));
  }

  /// Token and target at a position, as one number; the end comes before everything.
  private long content(int i, int position) {
    if (position == length(i)) {
      return -1;
    }
    boolean hasTarget = position + 1 < length(i) && isTrained(i, position + 1);
    return (long) id(i, position) << 32 | (hasTarget ? id(i, position + 1) + 1L : 0);
  }

  private int id(int i, int t) {
    return file.get(INT32, offset(i) + 4L * t);
  }

  /// For each example, how many first positions it has in common with the one before it; 0 for the
  /// first.
  int[] commonPrefixes(int[] examples) {
    int[] common = new int[examples.length];
    for (int i = 1; i < common.length; i++) {
      common[i] = commonPrefix(examples[i - 1], examples[i]);
    }
    return common;
  }

  /// How many first positions of two examples have the same token and the same target: a target is
  /// the next token, where that one is learned.
  int commonPrefix(int i, int j) {
    int tokens = commonTokens(i, j);
    int mask = commonMask(i, j, tokens);
    if (mask < tokens) {
      return mask - 1;
    }
    return isLearned(i, tokens) || isLearned(j, tokens) ? tokens - 1 : tokens;
  }

  private boolean isLearned(int i, int t) {
    return t > 0 && t < length(i) && isTrained(i, t);
  }

  private int commonTokens(int i, int j) {
    long endOfI = offset(i) + 4L * length(i);
    long endOfJ = offset(j) + 4L * length(j);
    long byteSize = MemorySegment.mismatch(file, offset(i), endOfI, file, offset(j), endOfJ);
    return byteSize < 0 ? length(i) : (int) (byteSize / 4);
  }

  /// The first of `tokens` tokens that only one of the examples learns; `tokens` if there is none.
  private int commonMask(int i, int j, int tokens) {
    for (int w = 0; w < maskWords(tokens); w++) {
      int difference = maskWord(i, w) ^ maskWord(j, w);
      if (difference != 0) {
        return Math.min(tokens, w * Integer.SIZE + Integer.numberOfTrailingZeros(difference));
      }
    }
    return tokens;
  }

  private int maskWord(int i, int word) {
    return file.get(INT32, offset(i) + 4L * (length(i) + word));
  }

  /// Targets of example `i`.
  public int trainedTokens(int i) {
    int count = 0;
    for (int w = 0; w < maskWords(length(i)); w++) {
      count += Integer.bitCount(maskWord(i, w));
    }
    return count;
  }

  /// Tokens of all examples.
  public long totalTokens() {
    return file.get(INT64, TOKENS_AT);
  }

  /// Targets of all examples.
  public long totalTrainedTokens() {
    return file.get(INT64, TRAINED_AT);
  }

  /// UTF-8 bytes of the text behind all targets.
  public long totalTargetBytes() {
    return file.get(INT64, TARGET_BYTES_AT);
  }

  /// Tokens of the longest example; 0 when there is none.
  public int longest() {
    return (int) file.get(INT64, LONGEST_AT);
  }

  private long offset(int i) {
    return file.get(INT64, entry(i));
  }

  private long entry(int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException("example %d of %d".formatted(i, size));
    }
    return index + (long) i * INDEX_ENTRY_BYTES;
  }

  /// Unmaps the file; nothing may be reading from it.
  @Override
  public void close() {
    arena.close();
  }
}
