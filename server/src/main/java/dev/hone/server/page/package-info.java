/// The page that a browser loads from a server: documents, scripts and style, as resources beside
/// these classes. It has no build of its own and fetches nothing from elsewhere.
///
/// May use: nothing
package dev.hone.server.page;
