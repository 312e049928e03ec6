/// Which name means which model, for each tenant.
///
/// May use: dev.hone.model.chat, dev.hone.server.api, dev.hone.server.state
package dev.hone.server.model;
