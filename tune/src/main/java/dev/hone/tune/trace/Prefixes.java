package dev.hone.tune.trace;

import dev.hone.model.Sha256;
import dev.hone.model.text.Conversation;
import dev.hone.model.text.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Hashes of a conversation's beginnings, so that one which another goes on with can be told.
///
/// Each is the first eight bytes of a SHA-256 over the one before and the next message. Blind to
/// the ids of calls.
final class Prefixes {
  private Prefixes() {}

  /// One for each message: of the tools and all up to it.
  static long[] of(Conversation conversation) {
    var digest = Sha256.digest();
    feed(digest, conversation.tools().toString());
    long before = finish(digest);
    var hashes = new long[conversation.messages().size()];
    for (int i = 0; i < hashes.length; i++) {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(before).flip());
      feed(digest, conversation.messages().get(i));
      before = finish(digest);
      hashes[i] = before;
    }
    return hashes;
  }

  private static void feed(MessageDigest digest, Message message) {
    feed(digest, message.role(), message.name(), message.content().strip());
    for (var call : message.toolCalls()) {
      feed(digest, call.name(), call.arguments().toString());
    }
  }

  private static void feed(MessageDigest digest, String... parts) {
    for (var part : parts) {
      var bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      digest.update(bytes);
    }
  }

  private static long finish(MessageDigest digest) {
    return ByteBuffer.wrap(digest.digest()).getLong();
  }
}
