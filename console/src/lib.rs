//! What the command lines of Beistand's programs have in common: how one is read and refused, and
//! how days and other people's words look in a terminal.

pub mod command_line;
pub mod date;
pub mod plain;
