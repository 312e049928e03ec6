package dev.hone.hosted;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// How many tokens a provider counts for text: `a · bytes + b · messages`, by least squares over
/// the prompts that it has counted. Their last message is the answer's, which is yet to come.
final class TokenRate {
  /// Less than this, of the product of two variances, is no spread.
  private static final double SINGULAR = 1e-9;

  private double bytesBytes;
  private double bytesMessages;
  private double messagesMessages;
  private double bytesTokens;
  private double messagesTokens;

  void add(long bytes, int messages, long tokens) {
    bytesBytes += (double) bytes * bytes;
    bytesMessages += (double) bytes * messages;
    messagesMessages += (double) messages * messages;
    bytesTokens += (double) bytes * tokens;
    messagesTokens += (double) messages * tokens;
  }

  /// Of texts with so many bytes and messages in all; where nothing was counted, as usual text has.
  double tokens(long bytes, long messages) {
    if (bytesBytes == 0) {
      return (double) bytes / TextSize.BYTES_PER_TOKEN;
    }
    double spread = bytesBytes * messagesMessages - bytesMessages * bytesMessages;
    double perByte = (bytesTokens * messagesMessages - messagesTokens * bytesMessages) / spread;
    double perMessage = (messagesTokens * bytesBytes - bytesTokens * bytesMessages) / spread;
    boolean isTold =
        spread > SINGULAR * bytesBytes * messagesMessages && perByte > 0 && perMessage >= 0;
    return isTold ? perByte * bytes + perMessage * messages : bytesTokens / bytesBytes * bytes;
  }

  List<Double> json() {
    return List.of(bytesBytes, bytesMessages, messagesMessages, bytesTokens, messagesTokens);
  }

  void read(JsonNode json) {
    var sums = Arrays.copyOf(json.valueStream().mapToDouble(JsonNode::asDouble).toArray(), 5);
    bytesBytes = sums[0];
    bytesMessages = sums[1];
    messagesMessages = sums[2];
    bytesTokens = sums[3];
    messagesTokens = sums[4];
  }
}
