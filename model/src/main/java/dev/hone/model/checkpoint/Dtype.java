package dev.hone.model.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/// An element type of the safetensors format, by the name that files carry. Hone computes with
/// [#F32], [#F16] and [#BF16] and knows the rest by name and size, so that a file that holds them
/// can be described and refused by name.
public enum Dtype {
  BOOL(8),
  U8(8),
  I8(8),
  I16(16),
  U16(16),
  F16(16),
  BF16(16),
  I32(32),
  U32(32),
  F32(32),
  I64(64),
  U64(64),
  F64(64),
  C64(64),
  F8_E4M3(8),
  F8_E5M2(8),
  F8_E8M0(8),
  F8_E4M3FNUZ(8),
  F8_E5M2FNUZ(8),
  F6_E2M3(6),
  F6_E3M2(6),
  F4(4);

  private final int bits;

  Dtype(int bits) {
    this.bits = bits;
  }

  /// Bits of one element; below 8 for packed types.
  public int bits() {
    return bits;
  }

  /// Whether a tensor of this type can be read as f32: true of `F32`, `F16` and `BF16`.
  public boolean isReadable() {
    return this == F32 || this == F16 || this == BF16;
  }

  /// How `torch_dtype` in `config.json` calls a type that Hone writes: `float32`, `float16` or
  /// `bfloat16`.
  public String torchName() {
    return switch (this) {
      case F32 -> "float32";
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case BOOL,
          U8,
          I8,
          I16,
          U16,
          I32,
          U32,
          I64,
          U64,
          F64,
          C64,
          F8_E4M3,
          F8_E5M2,
          F8_E8M0,
          F8_E4M3FNUZ,
          F8_E5M2FNUZ,
          F6_E2M3,
          F6_E3M2,
          F4 ->
          throw new IllegalArgumentException("models are written as F32, F16 or BF16, not " + this);
    };
  }

  static Optional<Dtype> byName(String name) {
    return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
  }
}
