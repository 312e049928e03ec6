package dev.hone.tune.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/// Writes a [TokenStore] as a stream: what it holds in memory does not grow with the data.
///
/// Records go to a file beside the target and the index to another one; [#commit] joins them and
/// moves the result into place at once. Closed without a commit it leaves nothing behind.
public final class TokenStoreWriter implements ExampleSink, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final PendingFile pending;
  private final Path indexPath;
  private final FileChannel records;
  private final FileChannel index;
  private final ByteBuffer recordBuffer = littleEndian(BUFFER_BYTES);
  private final ByteBuffer indexBuffer = littleEndian(BUFFER_BYTES);
  private final CRC32C checksum = new CRC32C();
  private final byte[] key;
  private long offset = TokenStore.HEADER_BYTES;
  private long size;
  private long tokens;
  private long trainedTokens;
  private long targetBytes;
  private int longest;

  /// @param path where the store shall stand
  /// @param key a SHA-256 in hexadecimal that names what the tokens are made from
  public TokenStoreWriter(Path path, String key) throws IOException {
    this.key = HexFormat.of().parseHex(key);
    if (this.key.length != TokenStore.KEY_BYTES) {
      throw new IllegalArgumentException("a store's key has 32 bytes, got " + this.key.length);
    }
    pending = PendingFile.of(path);
    indexPath = PendingFile.beside(path, ".index");
    records = pending.channel();
    index =
        FileChannel.open(
            indexPath,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    records.position(TokenStore.HEADER_BYTES);
  }

  /// Appends what a row was rendered to.
  @Override
  public void accept(Line.Valid line, List<Example> examples) throws IOException {
    for (var example : examples) {
      add(line.number(), example);
    }
  }

  /// Appends one example.
  ///
  /// @param line the line of the source that it comes from
  public void add(long line, Example example) throws IOException {
    if (size == Integer.MAX_VALUE) {
      throw new IOException("a token store holds at most %d examples".formatted(Integer.MAX_VALUE));
    }
    addIndexEntry(line, example);
    for (int i = 0; i < example.length(); i++) {
      putRecord(example.ids()[i]);
    }
    addMask(example.trained(), example.length());
    count(example);
  }

  private void addIndexEntry(long line, Example example) throws IOException {
    if (indexBuffer.remaining() < TokenStore.INDEX_ENTRY_BYTES) {
      flush(indexBuffer, index);
    }
    indexBuffer
        .putLong(offset)
        .putLong(line)
        .putInt(example.length())
        .putInt(example.targetBytes());
  }

  private void addMask(BitSet trained, int length) throws IOException {
    for (int w = 0; w < TokenStore.maskWords(length); w++) {
      int word = 0;
      for (int bit = 0; bit < Integer.SIZE; bit++) {
        word |= trained.get(w * Integer.SIZE + bit) ? 1 << bit : 0;
      }
      putRecord(word);
    }
  }

  private void putRecord(int value) throws IOException {
    if (!recordBuffer.hasRemaining()) {
      flushRecords();
    }
    recordBuffer.putInt(value);
  }

  private void count(Example example) {
    size++;
    tokens += example.length();
    trainedTokens += example.trainedTokens();
    targetBytes += example.targetBytes();
    longest = Math.max(longest, example.length());
    offset += 4L * (example.length() + TokenStore.maskWords(example.length()));
  }

  /// Completes the file and moves it into place.
  public void commit() throws IOException {
    flush(indexBuffer, index);
    flushRecords();
    appendIndex();
    writeHeader();
    pending.commit();
  }

  private void appendIndex() throws IOException {
    index.position(0);
    while (index.read(recordBuffer) >= 0) {
      flushRecords();
    }
  }

  private void writeHeader() throws IOException {
    var header = littleEndian(TokenStore.HEADER_BYTES);
    header.put(TokenStore.MAGIC).put(key);
    header.putLong(size).putLong(tokens).putLong(trainedTokens).putLong(targetBytes);
    header.putLong(longest).putLong(offset).putLong(checksum.getValue());
    records.position(0);
    write(header.clear(), records);
  }

  private void flushRecords() throws IOException {
    checksum.update(recordBuffer.duplicate().flip());
    flush(recordBuffer, records);
  }

  private static void flush(ByteBuffer buffer, FileChannel channel) throws IOException {
    write(buffer.flip(), channel);
    buffer.clear();
  }

  private static void write(ByteBuffer buffer, FileChannel channel) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Removes what was not committed.
  @Override
  public void close() throws IOException {
    try (pending) {
      index.close();
    } finally {
      Files.deleteIfExists(indexPath);
    }
  }
}
