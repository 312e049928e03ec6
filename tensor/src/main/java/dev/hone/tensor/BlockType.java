package dev.hone.tensor;

import java.util.Arrays;
import java.util.Optional;

/// How ggml quantises numbers: in blocks of some elements, each of which is a small integer times
/// its block's scale, with or without an offset. By the names that GGUF files give them.
///
/// In the types whose name ends in K a block of 256 elements is made of groups of 16 or 32 with
/// scales of their own, which are small integers too. (ggml-org/ggml, `docs/gguf.md` and
/// `src/ggml-common.h`.)
public enum BlockType {
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  IQ4_NL(20, 32, 18);

  /// Elements that share a scale, at least.
  static final int GROUP = 16;

  /// The elements of the largest block.
  static final int MOST = 256;

  private final int id;
  private final int elements;
  private final int byteSize;

  BlockType(int id, int elements, int byteSize) {
    this.id = id;
    this.elements = elements;
    this.byteSize = byteSize;
  }

  /// Its number in GGUF files.
  public int id() {
    return id;
  }

  /// Elements of a block; rows are whole blocks.
  public int elements() {
    return elements;
  }

  /// Bytes of a block.
  public int byteSize() {
    return byteSize;
  }

  /// The bytes of so many elements, which are whole blocks.
  public long byteSize(long count) {
    return count / elements * byteSize;
  }

  public static Optional<BlockType> byId(int id) {
    return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
  }
}
