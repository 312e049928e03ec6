package dev.hone.rag.update;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/// Vectors that are not in the store yet, in a file: of one document that takes minutes to embed,
/// say. A process that dies loses what came after the last [#force].
///
/// A record is the SHA-256 of a text, its vector, and a CRC32 of both; the file ends with the first
/// that is damaged.
final class VectorLog implements Closeable {
  private static final int HASH_BYTES = 32;
  private static final int CRC_BYTES = 4;

  private final FileChannel file;
  private final int dimension;
  private final Map<String, float[]> vectors = new HashMap<>();

  private VectorLog(FileChannel file, int dimension) {
    this.file = file;
    this.dimension = dimension;
  }

  static VectorLog open(Path path, int dimension) throws IOException {
    var file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    var log = new VectorLog(file, dimension);
    log.read();
    return log;
  }

  private void read() throws IOException {
    var record = record();
    long good = 0;
    while (file.read(record, good) == record.capacity() && isWhole(record)) {
      var hash = new byte[HASH_BYTES];
      var vector = new float[dimension];
      record.flip().get(hash).asFloatBuffer().get(vector);
      vectors.put(HexFormat.of().formatHex(hash), vector);
      good += record.capacity();
      record.clear();
    }
    file.truncate(good);
    file.position(good);
  }

  private ByteBuffer record() {
    return ByteBuffer.allocate(HASH_BYTES + dimension * Float.BYTES + CRC_BYTES);
  }

  private static boolean isWhole(ByteBuffer record) {
    return record.getInt(record.capacity() - CRC_BYTES) == crc(record);
  }

  private static int crc(ByteBuffer record) {
    var crc = new CRC32();
    crc.update(record.array(), 0, record.capacity() - CRC_BYTES);
    return (int) crc.getValue();
  }

  Optional<float[]> vector(String hash) {
    return Optional.ofNullable(vectors.get(hash));
  }

  void add(String hash, float[] vector) throws IOException {
    var record = record().put(HexFormat.of().parseHex(hash));
    for (float x : vector) {
      record.putFloat(x);
    }
    record.putInt(crc(record)).flip();
    file.write(record);
  }

  void force() throws IOException {
    file.force(false);
  }

  /// Forgets all; the store has it.
  void clear() throws IOException {
    if (file.size() > 0) {
      vectors.clear();
      file.truncate(0);
      file.position(0);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
