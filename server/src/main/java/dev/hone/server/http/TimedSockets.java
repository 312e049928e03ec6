package dev.hone.server.http;

import io.helidon.common.socket.SocketOptions;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Options of connections, with a read timeout that holds: Helidon 4.5.0 sets those of accepted
/// connections without it, so that whoever sends half a request keeps a thread for ever.
record TimedSockets(SocketOptions given) implements SocketOptions {
  /// @param idle that a connection may say nothing
  static SocketOptions after(Duration idle) {
    return new TimedSockets(SocketOptions.builder().readTimeout(idle).build());
  }

  @Override
  public void configureSocket(SocketChannel channel) {
    given.configureSocket(channel);
    try {
      channel.socket().setSoTimeout(Math.toIntExact(readTimeout().toMillis()));
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Map<SocketOption<?>, Object> socketOptions() {
    return given.socketOptions();
  }

  @Override
  public Duration connectTimeout() {
    return given.connectTimeout();
  }

  @Override
  public Duration readTimeout() {
    return given.readTimeout();
  }

  @Override
  public Optional<Integer> socketReceiveBufferSize() {
    return given.socketReceiveBufferSize();
  }

  @Override
  public Optional<Integer> socketSendBufferSize() {
    return given.socketSendBufferSize();
  }

  @Override
  public boolean socketReuseAddress() {
    return given.socketReuseAddress();
  }

  @Override
  public boolean socketKeepAlive() {
    return given.socketKeepAlive();
  }

  @Override
  public boolean tcpNoDelay() {
    return given.tcpNoDelay();
  }
}
