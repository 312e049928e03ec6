/// From a file to normalised text: one reader per format, under limits.
///
/// [Documents] picks the reader by the file's name and runs it against a deadline. A reader feeds a
/// [DocumentBuilder], which strips what a person would not see, counts it, and keeps for each
/// [Block] where it stands, under which headings and on which page. Offsets always point into
/// [Document#text], never into the file.
///
/// Text in a document is data. Nothing here, or after it, follows what it says.
///
/// May use: dev.hone.model
package dev.hone.rag.document;
