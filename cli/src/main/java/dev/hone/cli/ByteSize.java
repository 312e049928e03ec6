package dev.hone.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Bytes as people write them: `8MB`, `1.5GB`, `512KiB`, `1000`.
final class ByteSize implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kmgt]?)(i?)b?");
  private static final Map<String, Integer> POWERS = Map.of("", 0, "k", 1, "m", 2, "g", 3, "t", 4);

  @Override
  public Long convert(String value) {
    var parts = FORM.matcher(value.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new TypeConversionException("'%s' is no size such as 8MB or 10GB".formatted(value));
    }
    var unit = BigDecimal.valueOf(parts.group(3).isEmpty() ? 1000 : 1024);
    var bytes = new BigDecimal(parts.group(1)).multiply(unit.pow(POWERS.get(parts.group(2))));
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new TypeConversionException("'%s' is more than there can be".formatted(value));
    }
    return bytes.longValue();
  }
}
